#!/bin/sh
# SPDX-License-Identifier: MIT
. "$(dirname "$0")/pivot.sh"
pivot 6.1 new -S
