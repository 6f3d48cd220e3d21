#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/lane.sh"
lane 5.10 v1
