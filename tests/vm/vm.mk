# vm.mk - what the machines of tests/vm and tests/vm-long need from the distribution.  Without it
# their tests are skipped, and say why.

check check-all vm: deps-vm
vm-long: deps-vm-long
deps-vm deps-vm-long: deps-%:
	@scripts/deps $* || echo "Tests that need what is missing will be skipped."

.PHONY: deps-vm deps-vm-long
