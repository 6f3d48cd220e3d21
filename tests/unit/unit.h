/* SPDX-License-Identifier: MIT */
/* unit.h - cmocka, with what it wants to have been included before it. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
