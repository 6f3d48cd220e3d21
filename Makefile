# husk: one static binary and the scripts that compose it.  `make help` names the targets.
#
#   make                  out/husk
#   make out/one/pivot    one applet alone
#   make CC=gcc           on a distribution whose libc is musl
#   make CC="$(scripts/cross arm64)" OUT=out-arm64 EMULATOR=qemu-aarch64-static

VERSION  = 0.1.0
PREFIX   = /usr/local
DESTDIR  =
CC       = musl-gcc
STRIP    = $(or $(shell $(CC) -print-prog-name=strip),strip)
# What runs a program for another machine, where the kernel does not see to it.
EMULATOR ?=
export EMULATOR
OUT      = out
V        =
Q        = $(if $(V),,@)

COMMIT  := $(shell git rev-parse --short=10 HEAD 2>/dev/null)
FULL     = $(VERSION)$(if $(COMMIT),-$(COMMIT))

WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	   -Wconversion -Wsign-conversion -Werror=date-time
CPPFLAGS = -D_GNU_SOURCE -iquote lib -iquote init -iquote cmd
CFLAGS   = -std=gnu11 -Os -g $(WARN)
# What makes it small and reproducible whatever CFLAGS a packager sets.
BUILD    = -static -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	   -fno-unwind-tables -fno-pie -ffile-prefix-map=$(CURDIR)=. -idirafter build/uapi
LDFLAGS  = -static -no-pie -Wl,--gc-sections,--build-id=none,-z,noseparate-code,-z,noexecstack \
	   -Wl,--sort-section=alignment,-T,$(LAYOUT)
LAYOUT   = lib/layout.ld

LIB      = $(sort $(patsubst %.c,$(OUT)/%.o,$(wildcard lib/*.c)))
INIT     = $(sort $(patsubst %.c,$(OUT)/%.o,$(wildcard init/*.c)))
CMD      = $(sort $(patsubst %.c,$(OUT)/%.o,$(wildcard cmd/*.c)))
ONE      = $(shell sed -n 's|^APPLET(\(.*\))$$|$(OUT)/one/\1|p' cmd/applets.h)
LINKS    = $(shell awk -F '\t' '$$1 == "applet" && $$5 == "link" && $$2 != "husk" { print $$2 }' $(OUT)/options)

all: $(OUT)/husk $(OUT)/bin ## the binary, and out/bin/ with its links for PATH

help: ## this list
	@sed -n 's/^\([a-z][a-z -]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | \
		awk -F '\t' '{ printf "  %-12s %s\n", $$1, $$2 }'

include tests/tests.mk
-include tests/vm/vm.mk tests/bench/bench.mk scripts/image.mk

# ---- the binary

$(OUT)/husk: $(CMD) $(INIT) $(LIB) $(LAYOUT)
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@.debug $(filter %.o,$^) $(LDLIBS)
	$(Q)$(STRIP) -s -R .comment -R .note.gnu.property -R .note.GNU-stack -o $@ $@.debug

# One applet alone: the objects of an archive are taken only where they are wanted.
one: $(ONE) ## each applet as a binary of its own, out/one/NAME
$(ONE): $(OUT)/one/%: $(OUT)/one/%.main.o $(OUT)/libhusk.a $(LAYOUT)
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LDLIBS)
	$(Q)$(STRIP) -s -R .comment -R .note.gnu.property $@

$(ONE:=.main.o): $(OUT)/one/%.main.o: cmd/main.c $(OUT)/flags | build/uapi
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -DONLY=$* $(CFLAGS) $(BUILD) -MMD -MP -c -o $@ $<

$(OUT)/libhusk.a: $(filter-out $(OUT)/cmd/main.o,$(CMD)) $(INIT) $(LIB)
	$(Q)rm -f $@ && ar rcD $@ $^

$(OUT)/%.o: %.c $(OUT)/flags | build/uapi
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(BUILD) -MMD -MP -c -o $@ $<

# Only one object holds the version: a commit rebuilds no more than that.
$(OUT)/lib/applet.o: CPPFLAGS += -DHUSK_VERSION='"$(FULL)"'
$(OUT)/lib/applet.o: $(OUT)/version

# Files that change when what they hold does, so that other flags rebuild what they must.
$(OUT)/version: STAMP = $(FULL)
$(OUT)/flags: STAMP = $(CC) $(CPPFLAGS) $(CFLAGS) $(BUILD)
$(OUT)/version $(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(STAMP)' | cmp -s - $@ || echo '$(STAMP)' >$@

# A folder with one link an applet, for PATH.
$(OUT)/bin: $(OUT)/husk
	$(Q)rm -rf $@ && mkdir -p $@ && ln -sf ../husk $@/husk && $(EMULATOR) $(OUT)/husk --install $@

# The kernel's own headers beside musl's, and nothing else of /usr/include (a glibc header would
# compile silently).  Where CC is not musl-gcc they are in the default path.
build/uapi:
	@mkdir -p $@.new
	@for d in linux asm-generic; do ln -sfn /usr/include/$$d $@.new/$$d; done
	@for d in /usr/include/$$(gcc -print-multiarch 2>/dev/null)/asm /usr/include/asm; do \
		if [ -d $$d ]; then ln -sfn $$d $@.new/asm; break; fi; done
	@mv $@.new $@

# ---- manual pages, completion, installation

BINDIR   = $(PREFIX)/bin
LIBEXEC  = $(PREFIX)/libexec/husk
MANDIR   = $(PREFIX)/share/man/man1
COMPDIR  = $(PREFIX)/share/bash-completion/completions
# Where the links go.  A package puts them out of the way of util-linux's and coreutils' names.
LINKDIR  = $(BINDIR)
PAGES    = $(patsubst %.1.in,$(OUT)/man/%.1,$(notdir $(wildcard cmd/*.1.in init/*.1.in)))

man: $(PAGES) ## the manual pages
$(OUT)/options: $(OUT)/husk
	$(Q)$(EMULATOR) $< --dump >$@
$(OUT)/man/%.1: cmd/%.1.in $(OUT)/options scripts/gen/man.awk
	@mkdir -p $(@D)
	$(Q)awk -f scripts/gen/man.awk $(OUT)/options $< >$@
$(OUT)/man/%.1: init/%.1.in $(OUT)/options scripts/gen/man.awk
	@mkdir -p $(@D)
	$(Q)awk -f scripts/gen/man.awk $(OUT)/options $< >$@
$(OUT)/husk.bash: $(OUT)/options $(wildcard scripts/gen/*.awk scripts/gen/*.bash scripts/husk-*)
	$(Q){ awk -f scripts/gen/complete.awk $< && awk -f scripts/gen/verbs.awk scripts/husk-* && \
		cat scripts/gen/complete.bash; } >$@

# Pages are husk-NAME.1; NAME.1 is a link where the applet's own link is in BINDIR.
install: all man $(OUT)/husk.bash ## PREFIX=/usr/local DESTDIR= LINKDIR=PREFIX/bin
	install -d $(addprefix $(DESTDIR),$(BINDIR) $(LINKDIR) $(LIBEXEC) $(MANDIR) $(COMPDIR))
	install -m 755 $(OUT)/husk $(DESTDIR)$(BINDIR)/husk
	for verb in $(wildcard scripts/husk-* scripts/*.sh); do \
		install -m 755 $$verb $(DESTDIR)$(LIBEXEC); done
	install -m 644 $(OUT)/husk.bash $(DESTDIR)$(COMPDIR)/husk
	install -m 644 $(OUT)/man/husk.1 $(DESTDIR)$(MANDIR)
	for page in $(filter-out husk.1,$(notdir $(PAGES))); do \
		install -m 644 $(OUT)/man/$$page $(DESTDIR)$(MANDIR)/husk-$$page; done
	for name in $(LINKS); do \
		ln -sf $(if $(filter $(BINDIR),$(LINKDIR)),husk,$(BINDIR)/husk) $(DESTDIR)$(LINKDIR)/$$name; \
		$(if $(filter $(BINDIR),$(LINKDIR)),ln -sf husk $(DESTDIR)$(COMPDIR)/$$name; \
		ln -sf husk-$$name.1 $(DESTDIR)$(MANDIR)/$$name.1;) done

-include $(wildcard $(OUT)/*/*.d)

clean: ## remove what was built
	rm -rf $(OUT)

distclean: clean ## and the libraries built for it
	rm -rf build

FORCE:
.PHONY: all one help man install clean distclean FORCE
.DELETE_ON_ERROR:
