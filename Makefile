# husk: one static binary and the scripts that compose it.  `make help` names the targets.
#
#   make                  out/husk
#   make out/one/pivot    one applet alone
#   make CC=gcc           on a distribution whose libc is musl

VERSION  = 0.1.0
PREFIX   = /usr/local
DESTDIR  =
CC       = musl-gcc
OUT      = out
V        =
Q        = $(if $(V),,@)

COMMIT  := $(shell git rev-parse --short=10 HEAD 2>/dev/null)
FULL     = $(VERSION)$(if $(COMMIT),-$(COMMIT))

WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	   -Wconversion -Wsign-conversion -Werror=date-time
CPPFLAGS = -D_GNU_SOURCE -iquote lib -iquote init -iquote cmd -DHUSK_VERSION='"$(FULL)"' \
	   -DHUSK_LIBEXECDIR='"$(PREFIX)/libexec/husk"'
CFLAGS   = -std=gnu11 -Os -g $(WARN)
# What makes it small and reproducible whatever CFLAGS a packager sets.
BUILD    = -static -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	   -fno-unwind-tables -fno-pie -ffile-prefix-map=$(CURDIR)=. -idirafter build/uapi
LDFLAGS  = -static -no-pie -Wl,--gc-sections,--build-id=none,-z,noseparate-code,-z,noexecstack \
	   -Wl,--sort-section=alignment

LIB      = $(sort $(patsubst %.c,$(OUT)/%.o,$(wildcard lib/*.c)))
INIT     = $(sort $(patsubst %.c,$(OUT)/%.o,$(wildcard init/*.c)))
CMD      = $(sort $(patsubst %.c,$(OUT)/%.o,$(wildcard cmd/*.c)))
APPLETS  = $(shell sed -n 's/^APPLET(\(.*\))$$/\1/p' cmd/applets.h)

all: $(OUT)/husk $(OUT)/bin ## the binary, and out/bin/ with its links for PATH

help: ## this list
	@sed -n 's/^\([a-z][a-z -]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | \
		awk -F '\t' '{ printf "  %-12s %s\n", $$1, $$2 }'

include tests/tests.mk
-include tests/vm/vm.mk tests/bench/bench.mk scripts/image.mk

# ---- the binary

$(OUT)/husk: $(CMD) $(INIT) $(LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@.debug $^ $(LDLIBS)
	$(Q)strip -s -R .comment -R .note.gnu.property -R .note.GNU-stack -o $@ $@.debug

# One applet alone: the objects of an archive are taken only where they are wanted.
$(OUT)/one/%: $(OUT)/one/%.main.o $(OUT)/libhusk.a
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
	$(Q)strip -s -R .comment -R .note.gnu.property $@

$(OUT)/one/%.main.o: cmd/main.c | build/uapi
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -DONLY=$* $(CFLAGS) $(BUILD) -MMD -MP -c -o $@ $<

$(OUT)/libhusk.a: $(filter-out $(OUT)/cmd/main.o,$(CMD)) $(INIT) $(LIB)
	$(Q)rm -f $@ && ar rcD $@ $^

$(OUT)/%.o: %.c | build/uapi
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(BUILD) -MMD -MP -c -o $@ $<

# Only one object holds the version: a commit rebuilds no more than that.
$(OUT)/lib/applet.o: $(OUT)/version
$(OUT)/version: FORCE
	@mkdir -p $(OUT); echo '$(FULL)' | cmp -s - $@ || echo '$(FULL)' > $@

# A folder with one link an applet, for PATH.
$(OUT)/bin: $(OUT)/husk
	$(Q)rm -rf $@ && mkdir -p $@ && ln -sf ../husk $@/husk && $(OUT)/husk --install $@

# The kernel's own headers beside musl's, and nothing else of /usr/include (a glibc header would
# compile silently).  Where CC is not musl-gcc they are in the default path.
build/uapi:
	@mkdir -p $@.new
	@for d in linux asm-generic; do ln -sfn /usr/include/$$d $@.new/$$d; done
	@for d in /usr/include/$$(gcc -print-multiarch 2>/dev/null)/asm /usr/include/asm; do \
		if [ -d $$d ]; then ln -sfn $$d $@.new/asm; break; fi; done
	@mv $@.new $@

-include $(wildcard $(OUT)/*/*.d)

clean: ## remove what was built
	rm -rf $(OUT)

distclean: clean ## and the libraries built for it
	rm -rf build

FORCE:
.PHONY: all help clean distclean FORCE
.DELETE_ON_ERROR:
