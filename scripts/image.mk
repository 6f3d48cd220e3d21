# image.mk - the demonstration, and what is made from the binary: an initramfs, an OCI image, a .deb.

# One date for everything that is made: the commit's.
SOURCE_DATE_EPOCH ?= $(or $(shell git log -1 --format=%ct 2>/dev/null),0)
export SOURCE_DATE_EPOCH

# ---- what the distribution must bring.  The goals that a fresh machine starts with install it
# before anything is compiled.

NEEDS = $(if $(filter run initramfs oci deb,$(MAKECMDGOALS)),deps-run) \
	$(if $(filter check check-all,$(MAKECMDGOALS)),deps-test) \
	$(if $(filter check-all peers,$(MAKECMDGOALS)),deps-peers) \
	$(if $(filter bench bench-plot,$(MAKECMDGOALS)),deps-bench)
$(CMD) $(INIT) $(LIB) build/uapi $(UNIT) $(patsubst lib/%.c,$(OUT)/unit/lib/%.o,$(wildcard lib/*.c)): | $(NEEDS)
deps-run deps-test deps-bench: deps-%:
	@scripts/deps $*
deps-peers:
	@scripts/deps peers || echo "Tests that need what is missing will be skipped."

# ---- the demonstration

run: all $(OUT)/rootfs ## the pipeline in a root file system, and what it proves
	@HUSK_OUT=$(abspath $(OUT)) scripts/demo

ROOTFS = $(shell find rootfs-skel -type f) scripts/mkrootfs scripts/archive.awk
BUSYBOX = $$(scripts/deps static busybox)

# Without husk in it: the binary outside is all that a container needs.
$(OUT)/rootfs: $(ROOTFS) | $(NEEDS)
	@mkdir -p $(OUT)
	@echo "  ROOT  $@"
	$(Q)rm -rf $@ && scripts/mkrootfs -t dir -o $@ -b $(BUSYBOX) rootfs-skel && touch $@

# ---- images

initramfs: $(OUT)/initramfs.cpio ## a machine whose first process is cinit
oci: $(OUT)/oci ## an OCI image layout, with cinit as entrypoint
deb: $(OUT)/husk.deb ## a Debian package

$(OUT)/initramfs.cpio: $(OUT)/husk $(ROOTFS)
	@echo "  CPIO  $@"
	$(Q)rm -f $@ && scripts/mkrootfs -t cpio -o $@ -b $(OUT)/husk -b $(BUSYBOX) rootfs-skel

$(OUT)/oci: $(OUT)/husk $(ROOTFS)
	@echo "  OCI   $@"
	$(Q)rm -rf $@ && scripts/mkrootfs -t oci -o $@ -b $(OUT)/husk -b $(BUSYBOX) rootfs-skel

$(OUT)/husk.deb: $(OUT)/husk scripts/mkdeb
	@echo "  DEB   $@"
	$(Q)scripts/mkdeb $@

.PHONY: run initramfs oci deb deps-run deps-test deps-bench deps-peers
