#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lane.sh"
lane 6.12 v2
