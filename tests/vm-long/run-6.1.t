#!/bin/sh
# SPDX-License-Identifier: MIT
# run-6.1.t - containers, their networks, and users without root.
. "$(dirname "$0")/run.sh"
run_suite containers/run-attach containers/run-exec containers/run-gocker containers/run-life \
	containers/run-limits containers/run-net containers/run-network containers/run-options \
	containers/run-publish containers/run-resolv containers/run-rootless \
	containers/run-rootless-net vm-long/run-kill
