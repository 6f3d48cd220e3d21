#!/bin/sh
# SPDX-License-Identifier: MIT
# The verbs in the other shells than this machine's sh.  tests/peers/shells.t has all their tests.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/shells.sh"

in_shells containers/run-options containers/run-exec
finish
