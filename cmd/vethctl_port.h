/* SPDX-License-Identifier: MIT */
/* vethctl_port.h - published ports as text, as a list, and in the file of an ID. */
#ifndef VETHCTL_PORT_H
#define VETHCTL_PORT_H

#include "nft.h"
#include "vethctl.h"

struct ports {
	struct nft_port *port; /* allocated */
	size_t count;
	const char *id; /* whose are collected, and of those which; see published() */
	const struct opt_list *only;
};

void ports_free(struct ports *ports);
#define CLEANUP_PORTS __attribute__((cleanup(ports_free)))

/* 0 or -ENOMEM */
int ports_add(struct ports *ports, const struct nft_port *port);

/* [HOST:]PORTS:PORTS[/PROTOCOL] → the first of them, without the target's address.
 *   returns  how many they are, 0: it is none of that */
unsigned port_read(const char *text, struct nft_port *port);

/* As port_read takes it; returns text. */
char *port_text(const struct nft_port *port, char *text, size_t size);

/* Each port for the first address of each family that it can be for.
 *   errors  -EAFNOSUPPORT  there is none of the family of a port's host address */
int ports_expand(struct ports *ports, const char *id, const struct opt_list *list,
	const struct inet *ips, unsigned count);

/* Writes, or adds to, the file of an ID.  No ports: no file. */
int ports_save(const struct ports *ports, const char *id, bool append);

#endif
