# bench.mk - measures husk against the floor and against others, in turn: see tests/bench/lib.sh.

BENCH  = $(sort $(patsubst tests/bench/%.sh,%,$(filter-out %/lib.sh,$(wildcard tests/bench/*.sh))))
ROUNDS = 100

bench: all $(OUT)/rootfs $(OUT)/bench/turns $(OUT)/bench/floor $(OUT)/bench/bare $(OUT)/bench/pid1 probes ## BENCH=NAME ROUNDS=100: side by side, judged by you
	@rm -f $(OUT)/bench/results.tsv
	@for name in $(BENCH); do \
		HUSK_OUT=$(abspath $(OUT)) ROUNDS=$(ROUNDS) sh tests/bench/$$name.sh || exit; done

bench-plot: bench ## and a picture of it, doc/pipeline.svg
	@awk -v title=pipeline -f tests/bench/plot.awk $(OUT)/bench/results.tsv >doc/pipeline.svg

$(OUT)/bench/%: tests/bench/%.c | build/uapi
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) -D_GNU_SOURCE -iquote lib -std=gnu11 -Os $(WARN) -static -no-pie -idirafter build/uapi \
		-MMD -MP -MF $@.d -o $@ $<

-include $(wildcard $(OUT)/bench/*.d)

.PHONY: bench bench-plot
