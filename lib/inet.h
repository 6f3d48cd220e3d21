/* SPDX-License-Identifier: MIT */
/* inet.h - IPv4, IPv6 and MAC addresses as text and bytes.  0 or -EINVAL, unless said. */
#ifndef INET_H
#define INET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inet {
	uint8_t family; /* AF_INET or AF_INET6 */
	uint8_t prefix; /* bits; all of them for a plain address */
	uint8_t bytes[16];
};

#define INET_TEXT 64
#define MAC_SIZE  6

size_t inet_size(const struct inet *a); /* bytes: 4 or 16 */

/* An address, of the family unless that is 0 (AF_UNSPEC). */
int inet_parse(const char *text, int family, struct inet *a);

/* ADDRESS/PREFIX: the prefix must be there. */
int inet_parse_cidr(const char *text, struct inet *a);

/* HOST:PORT or [V6]:PORT; the port is 1..65535. */
int inet_parse_endpoint(const char *text, struct inet *a, uint16_t *port);

/* Write the address, and with its prefix, into text of INET_TEXT bytes; return text. */
char *inet_format(const struct inet *a, char *text);
char *inet_format_cidr(const struct inet *a, char *text);

bool inet_equal(const struct inet *a, const struct inet *b); /* the prefixes aside */
bool inet_contains(const struct inet *net, const struct inet *a);

/* The network that a lies in: host bits cleared; its last address: host bits set. */
struct inet inet_first(const struct inet *a);
struct inet inet_last(const struct inet *a);

/* Can a host have this address?  No: unspecified, multicast, broadcast, and in IPv4 networks
 * larger than /31 the network's own and its broadcast address, to which the kernel says yes. */
bool inet_is_host(const struct inet *a);

/* The IPv4 address as a number, and the n-th after it. */
uint32_t inet_number(const struct inet *a);
struct inet inet_at(const struct inet *a, uint32_t number);

int mac_parse(const char *text, uint8_t mac[MAC_SIZE]);
/* size bytes as xx:xx:…; text holds 3 * size bytes. */
char *mac_format(const uint8_t *mac, size_t size, char *text);

/* The MAC of whoever has this address: the same each time, so no neighbour entry goes stale. */
void inet_mac(const struct inet *a, uint8_t mac[MAC_SIZE]);

/* FNV-1a over a string: names that only have to differ. */
uint64_t inet_hash(const char *text, uint64_t seed);

#endif
