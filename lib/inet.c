// SPDX-License-Identifier: MIT
/* inet.c - see inet.h.  libc's inet_ntop(3) would pull in stdio. */
#include "inet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "fmt.h"
#include "parse.h"

size_t inet_size(const struct inet *a)
{
	return a->family == AF_INET ? 4 : 16;
}

int inet_parse(const char *text, int family, struct inet *a)
{
	struct inet parsed = { 0 };

	parsed.family = (uint8_t)(strchr(text, ':') ? AF_INET6 : AF_INET);
	if ((family && family != parsed.family) ||
		inet_pton(parsed.family, text, parsed.bytes) != 1)
		return -EINVAL;
	parsed.prefix = (uint8_t)(8 * inet_size(&parsed));
	*a = parsed;
	return 0;
}

int inet_parse_cidr(const char *text, struct inet *a)
{
	char host[INET_TEXT];
	const char *slash = strchr(text, '/');
	struct inet parsed;
	uint32_t prefix;

	if (!slash || fmt_path(host, sizeof(host), "%.*s", (int)(slash - text), text) < 0 ||
		inet_parse(host, AF_UNSPEC, &parsed) < 0 ||
		parse_u32(slash + 1, 0, parsed.prefix, &prefix) < 0)
		return -EINVAL;
	parsed.prefix = (uint8_t)prefix;
	*a = parsed;
	return 0;
}

int inet_parse_endpoint(const char *text, struct inet *a, uint16_t *port)
{
	char host[INET_TEXT];
	const char *colon = strrchr(text, ':');
	bool bracket = *text == '[';
	uint32_t number;

	if (!colon || parse_u32(colon + 1, 1, UINT16_MAX, &number) < 0)
		return -EINVAL;
	if (bracket && (colon - text < 3 || colon[-1] != ']'))
		return -EINVAL;
	if (fmt_path(host, sizeof(host), "%.*s", (int)(colon - text) - 2 * bracket,
		    text + bracket) < 0 ||
		inet_parse(host, bracket ? AF_INET6 : AF_INET, a) < 0)
		return -EINVAL;
	*port = (uint16_t)number;
	return 0;
}

static unsigned group(const uint8_t *b, int i)
{
	return (unsigned)b[(size_t)i * 2] << 8 | b[(size_t)i * 2 + 1];
}

/* The longest run of two or more zero groups, the first of equals, becomes "::" (RFC 5952). */
static void format6(const uint8_t *b, char *text)
{
	int start = -1, length = 1;
	size_t used = 0;

	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && !group(b, i + n))
			n++;
		if (n > length) {
			start = i;
			length = n;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == start) {
			used += (size_t)fmt_buf(text + used, INET_TEXT - used, "::");
			i += length - 1;
			continue;
		}
		used += (size_t)fmt_buf(text + used, INET_TEXT - used, "%s%x",
			i && i != start + length ? ":" : "", group(b, i));
	}
}

char *inet_format(const struct inet *a, char *text)
{
	const uint8_t *b = a->bytes;

	if (a->family == AF_INET)
		fmt_buf(text, INET_TEXT, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	else
		format6(b, text);
	return text;
}

char *inet_format_cidr(const struct inet *a, char *text)
{
	size_t used = strlen(inet_format(a, text));

	fmt_buf(text + used, INET_TEXT - used, "/%u", a->prefix);
	return text;
}

bool inet_equal(const struct inet *a, const struct inet *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, inet_size(a));
}

static struct inet with_host_bits(const struct inet *a, bool set)
{
	struct inet b = *a;

	for (size_t bit = a->prefix; bit < 8 * inet_size(a); bit++) {
		uint8_t mask = (uint8_t)(0x80 >> (bit % 8));

		if (set)
			b.bytes[bit / 8] |= mask;
		else
			b.bytes[bit / 8] &= (uint8_t)~mask;
	}
	return b;
}

struct inet inet_first(const struct inet *a)
{
	return with_host_bits(a, false);
}

struct inet inet_last(const struct inet *a)
{
	return with_host_bits(a, true);
}

bool inet_contains(const struct inet *net, const struct inet *a)
{
	struct inet masked = *a, network = inet_first(net);

	masked.prefix = net->prefix;
	masked = inet_first(&masked);
	return inet_equal(&network, &masked);
}

bool inet_is_host(const struct inet *a)
{
	static const uint8_t none[16];
	struct inet network = inet_first(a), broadcast = inet_last(a);

	if (!memcmp(a->bytes, none, inet_size(a)))
		return false;
	if (a->family == AF_INET6)
		return a->bytes[0] != 0xff;
	return a->bytes[0] && a->bytes[0] < 224 &&
		(a->prefix > 30 || (!inet_equal(a, &network) && !inet_equal(a, &broadcast)));
}

uint32_t inet_number(const struct inet *a)
{
	return (uint32_t)a->bytes[0] << 24 | (uint32_t)a->bytes[1] << 16 |
		(uint32_t)a->bytes[2] << 8 | a->bytes[3];
}

struct inet inet_at(const struct inet *a, uint32_t number)
{
	struct inet b = *a;

	for (int i = 0; i < 4; i++)
		b.bytes[i] = (uint8_t)(number >> (24 - 8 * i));
	return b;
}

int mac_parse(const char *text, uint8_t mac[MAC_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t parsed[MAC_SIZE] = { 0 };

	for (int i = 0; i < MAC_SIZE; i++) {
		for (int half = 0; half < 2; half++, text++) {
			const char *at = *text ? strchr(digits, *text | 0x20) : NULL;

			if (!at)
				return -EINVAL;
			parsed[i] = (uint8_t)(parsed[i] << 4 | (at - digits));
		}
		if (*text++ != (i < MAC_SIZE - 1 ? ':' : '\0'))
			return -EINVAL;
	}
	memcpy(mac, parsed, MAC_SIZE);
	return 0;
}

char *mac_format(const uint8_t *mac, size_t size, char *text)
{
	for (size_t i = 0; i < size; i++)
		fmt_buf(text + 3 * i, 4, i + 1 < size ? "%02x:" : "%02x", mac[i]);
	return text;
}

void inet_mac(const struct inet *a, uint8_t mac[MAC_SIZE])
{
	char text[INET_TEXT];
	uint64_t hash;

	memcpy(mac, (const uint8_t[]){ 0x02, 0x63, 0x74, a->bytes[1], a->bytes[2], a->bytes[3] },
		MAC_SIZE);
	if (a->family == AF_INET)
		return;
	hash = inet_hash(inet_format(a, text), 0);
	memcpy(mac + 1, &hash, MAC_SIZE - 1);
}

uint64_t inet_hash(const char *text, uint64_t seed)
{
	uint64_t hash = 0xcbf29ce484222325 ^ seed;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	return hash;
}
