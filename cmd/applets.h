/* SPDX-License-Identifier: MIT */
/* applets.h - the one list of applets, a line each: main.c and the Makefile read it. */
APPLET(cgexec)
APPLET(cgwatch)
APPLET(chroot)
APPLET(cinit)
APPLET(husk)
APPLET(json)
APPLET(layer)
APPLET(lock)
APPLET(nsenter)
APPLET(put)
APPLET(sig)
APPLET(unshare)
