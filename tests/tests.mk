# tests.mk - what the Makefile knows of the tests.  Each layer runs alone: `make cli`.

HOSTCC    = gcc
HOST      = -std=gnu11 -g -O1 -D_GNU_SOURCE -iquote lib -iquote init -iquote cmd -DHUSK_VERSION='"test"' \
	    -fsanitize=address,undefined -fno-sanitize-recover=all
UNIT      = $(patsubst tests/%.c,$(OUT)/%,$(wildcard tests/unit/test_*.c))
FUZZ      = $(patsubst tests/%.c,$(OUT)/%,$(wildcard tests/fuzz/fuzz_*.c))
PROBES    = $(patsubst tests/%.c,$(OUT)/%,$(wildcard tests/probes/*.c))
FUZZ_RUNS = 100000

check: all units probes ## lint, unit, cli, root and a short vm, in one run of prove(1)
	@tests/layer lint unit cli root vm

check-all: all units probes fuzz ## the same, the long vm lanes, peers, fuzzing
	@tests/layer lint unit cli root vm vm-long peers

lint: all probes ## format, static analysis, layers, sizes, man pages, scripts
	@tests/layer lint
unit: units ## C unit tests under ASan and UBSan
	@tests/layer unit
cli: all probes ## every option, message and status; no privilege needed
	@tests/layer cli
root: all probes ## real containers, as root
	@tests/layer root
vm: all probes ## a short boot under another kernel, cgroup v2
	@tests/layer vm
vm-long: all probes ## all kernels and cgroup modes
	@tests/layer vm-long
peers: all probes ## the same command lines through other tools, compared
	@tests/layer peers
fuzz: $(FUZZ) ## libFuzzer over the parsers, FUZZ_RUNS inputs each
	@for f in $^; do echo "  FUZZ  $$f"; mkdir -p $$f.corpus; \
		ASAN_OPTIONS=detect_leaks=0 timeout 300 $$f -seed=1 -runs=$(FUZZ_RUNS) -max_len=512 \
			-artifact_prefix=$$f. -close_fd_mask=3 $$f.corpus tests/fuzz/corpus/$${f##*fuzz_} \
			>$$f.log 2>&1 || { tail -n 20 $$f.log; exit 1; }; done
size: all one ## bytes of each object, of the binary and of each applet alone, against the budget
	@size $(CMD) $(INIT) $(LIB) | awk 'NR > 1 { print $$4, $$6 }' | sort -rn | head -n 40 | column -t
	@awk '/^[a-z]/ { print "budget", $$1, $$2 }' tests/size.txt
	@stat -c '%n %s' $(OUT)/husk $(ONE) | sort -k 2 -rn | column -t

units: $(UNIT)
probes: $(PROBES) ## the C programs that tests use

# A probe runs in any rootfs: static, and nothing of husk in it.
$(OUT)/probes/%: tests/probes/%.c | build/uapi
	@mkdir -p $(@D)
	$(Q)$(CC) -D_GNU_SOURCE -std=gnu11 -Os $(WARN) -static -no-pie -idirafter build/uapi -MMD -MP \
		-MF $@.d -o $@ $< $(PROBE_LIBS)

# But for this one, which is about the libc of this machine.
$(OUT)/probes/threads: tests/probes/threads.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(WARN) -O1 -pthread -o $@ $<

# The library once more, with the host's compiler and its sanitizers.
$(OUT)/unit/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST) -MMD -MP -c -o $@ $<
$(OUT)/unit/libhusk.a: $(patsubst lib/%.c,$(OUT)/unit/lib/%.o,$(wildcard lib/*.c))
	$(Q)rm -f $@ && ar rc $@ $^
$(OUT)/unit/%: tests/unit/%.c $(OUT)/unit/libhusk.a
	@echo "  UNIT  $*"
	$(Q)$(HOSTCC) $(HOST) -iquote tests/unit -MMD -MP -MF $@.d -o $@ $< $(OUT)/unit/libhusk.a -lcmocka

# And once more by clang, with libFuzzer's counters.
$(OUT)/fuzz/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(Q)clang $(HOST) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
$(OUT)/fuzz/lib/applet.o $(OUT)/fuzz/lib/err.o: HOST += -D_exit=fuzz_exit -Dexit=fuzz_exit
$(OUT)/fuzz/libhusk.a: $(patsubst lib/%.c,$(OUT)/fuzz/lib/%.o,$(wildcard lib/*.c))
	$(Q)rm -f $@ && ar rc $@ $^
# What the check of a grammar must never come to.
NEVER     = open openat socket setns unshare mount umount2 mkdir unlink rename truncate fork netns_open \
	    nl_open nl_talk nft_open netns_nl_open fs_mkdir_path
$(OUT)/fuzz/cmd/%.o: cmd/%.c
	@mkdir -p $(@D)
	$(Q)clang $(HOST) -D_exit=fuzz_exit -Dexit=fuzz_exit -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
	$(Q)objcopy $(foreach call,$(NEVER),--redefine-sym $(call)=never_$(call)) $@
$(OUT)/fuzz/fuzz_vethctl: $(patsubst cmd/%.c,$(OUT)/fuzz/cmd/%.o,$(wildcard cmd/vethctl*.c))
$(FUZZ): $(OUT)/fuzz/%: tests/fuzz/%.c $(OUT)/fuzz/libhusk.a
	$(Q)clang $(HOST) -fsanitize=fuzzer -o $@ $(filter %.c %.o,$^) $(filter %.a,$^)

-include $(wildcard $(OUT)/unit/lib/*.d $(OUT)/fuzz/*/*.d)

.PHONY: check check-all lint unit cli root vm vm-long peers fuzz size units probes
