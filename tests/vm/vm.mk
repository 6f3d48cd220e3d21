# vm.mk - what the machines of tests/vm and tests/vm-long need: packages of the distribution, then a
# kernel and a snapshot, made once before any test waits for them.  Without these the tests are
# skipped, and say why.

check check-all vm: vm-ready
check-all vm-long: deps-arm64
vm-long: deps-test
deps-arm64: deps-vm
vm-ready: deps-vm
	@tests/vm/vmrun -T -r || echo "The tests of tests/vm will be skipped."
deps-vm deps-arm64: deps-%:
	@scripts/deps $* || echo "Tests that need what is missing will be skipped."

.PHONY: vm-ready deps-vm deps-arm64
