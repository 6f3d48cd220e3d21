#!/bin/sh
# SPDX-License-Identifier: MIT
# The harness itself, in namespaces of its own.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

gives 'a bare command runs through cinit' 0 hello cinit echo hello
finish
