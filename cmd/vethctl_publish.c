// SPDX-License-Identifier: MIT
/* vethctl_publish.c - the command for published ports. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "err.h"
#include "ipam.h"
#include "nft.h"
#include "parse.h"
#include "vethctl.h"

struct publish_args {
	const char *id;
	struct opt_list to;
};

static const struct opt publish_opts[] = { OPT(0, "id", struct publish_args, id, "ID",
						   "whose ports they are"),
	OPT(0, "to", struct publish_args, to, "ADDRESS", "add: where they lead to"), OPT_END };

static const struct applet publish_applet = { .name = "vethctl publish add|del|list",
	.operands = "[[ADDRESS:]PORT[-LAST]:PORT[-LAST][/udp]...]",
	.summary = "publish ports of containers, end that, or list them",
	.opts = publish_opts };

static int print_port(const struct nft_port *port, void *data)
{
	struct print *p = data;
	char host[INET_TEXT] = "*", target[INET_TEXT];
	const char *protocol = port->protocol == IPPROTO_UDP ? "udp" : "tcp";

	if (port->host.family)
		inet_format(&port->host, host);
	inet_format(&port->target, target);
	if (p->v->json)
		out_printf(&p->out,
			"%s{\"id\":\"%s\",\"protocol\":\"%s\",\"host\":\"%s\",\"host_port\":%u,"
			"\"target\":\"%s\",\"target_port\":%u}",
			p->items++ ? "," : "", port->comment, protocol, host, port->host_port,
			target, port->target_port);
	else
		out_printf(&p->out, "%s %s:%u/%s %s:%u\n", port->comment, host, port->host_port,
			protocol, target, port->target_port);
	return 0;
}

static int publish_list(struct veth *v)
{
	struct print p = { .out = OUT_INIT(STDOUT_FILENO), .v = v };
	struct nl nl;
	int r = nft_open(&nl);

	out_printf(&p.out, v->json ? "[" : "");
	for (int i = 0; i < 2 && r == 0; i++) {
		r = nft_each(&nl, i ? AF_INET6 : AF_INET, print_port, &p);
		r = r == -ENOENT ? 0 : r;
	}
	out_printf(&p.out, v->json ? "]\n" : "");
	nl_close(&nl);
	if (r == 0)
		r = out_flush(&p.out);
	return r < 0 ? failed(v, r, "publish list") : 0;
}

/* Lives as long as the arguments do. */
static struct opt_list as_list(char **words)
{
	struct opt_list list = { 0 };

	while (words[list.count])
		list.count++;
	list.items = calloc(list.count + 1, sizeof(*list.items));
	if (!list.items)
		die(-ENOMEM, "publish");
	for (size_t i = 0; i < list.count; i++)
		list.items[i].value = words[i];
	publish_check(&list);
	return list;
}

int publish_run(struct veth *v, char **words)
{
	const char *verb = words[1] ? words[1] : "list";
	struct publish_args args = { 0 };
	struct opt_list ports;
	struct inet to[2];

	if (!parse_word_in(verb, "add del list"))
		usage_die("publish: no verb %s", verb);
	ports = as_list(words[1] ? applet_args(&publish_applet, &args, words + 1, 0) : words + 1);
	if (!strcmp(verb, "list"))
		return v->checking ? 0 : publish_list(v);
	if (!args.id || !ipam_is_id(args.id))
		usage_die("publish %s: which --id?", verb);
	if (!strcmp(verb, "del"))
		return v->checking ? 0 : unpublish_some(v, args.id, &ports);
	if (!ports.count || !args.to.count || args.to.count > 2)
		usage_die("publish add --id ID --to ADDRESS PORT:PORT");
	for (size_t i = 0; i < args.to.count; i++)
		if (inet_parse(args.to.items[i].value, AF_UNSPEC, &to[i]) < 0)
			usage_die("publish: --to %s is not an address", args.to.items[i].value);
	if (v->checking)
		return 0;
	return publish_ports(v, args.id, &ports, to, (unsigned)args.to.count);
}
