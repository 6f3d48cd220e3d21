#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/pivot.sh"
pivot 5.10 new -S
