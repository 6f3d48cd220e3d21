#!/bin/sh
# SPDX-License-Identifier: MIT
# unshare without root: what it says, and what it does in a user namespace of its own.
. "$(dirname "$0")/../lib.sh"

gives 'D01 the status of the command is passed on' 7 '' unshare -r sh -c 'exit 7'
fails 'D02 a command that does not exist is 127' 127 'unshare: /no/such: No such file*' unshare -r /no/such
fails 'D03 a command that cannot be executed is 126' 126 'unshare: /dev/null: *' unshare -r /dev/null
fails 'D04 an unknown option is 1' 1 'unshare: unknown option --bogus *' unshare --bogus
gives 'A01 -p makes the command PID 1' 0 1 unshare -rp sh -c 'echo $$'
gives 'A03 PID 1 may fork more than once' 0 ok unshare -rp sh -c 'true; true; echo ok'

finish
