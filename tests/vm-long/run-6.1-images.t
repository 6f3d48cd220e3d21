#!/bin/sh
# SPDX-License-Identifier: MIT
# run-6.1-images.t - images, and containers as files.
. "$(dirname "$0")/run.sh"
run_suite containers/run-copy containers/run-files containers/run-images containers/run-layers
