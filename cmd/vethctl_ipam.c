// SPDX-License-Identifier: MIT
/* vethctl_ipam.c - leases by hand, and the hosts files that follow from them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fs.h"
#include "ipam.h"
#include "parse.h"
#include "procstat.h"
#include "vethctl.h"

struct ipam_args {
	const char *net, *id, *subnet, *ip, *pid, *dir;
};

static const struct opt ipam_opts[] = { OPT(0, "net", struct ipam_args, net, "NAME", "the network"),
	OPT(0, "id", struct ipam_args, id, "ID", "whose lease"),
	OPT(0, "subnet", struct ipam_args, subnet, "CIDR",
		"alloc: the gateway's address, or the network"),
	OPT(0, "ip", struct ipam_args, ip, "ADDRESS", "alloc: this one"),
	OPT(0, "pid", struct ipam_args, pid, "PID", "alloc: until this process ends"), OPT_END };

static const struct applet ipam_applet = { .name = "vethctl ipam alloc|release|list|gc",
	.operands = "",
	.summary = "lease addresses of a network",
	.opts = ipam_opts };

static int alloc(struct veth *v, const struct ipam_args *args, const struct inet *subnet,
	const struct inet *ip)
{
	struct lease lease = { .ip = *ip, .ifname = "-", .fd = -1 }, other;
	char text[INET_TEXT];
	bool zombie;
	int r = 0;

	fmt_buf(lease.net, sizeof(lease.net), "%s", args->net);
	fmt_buf(lease.id, sizeof(lease.id), "%s", args->id);
	if (args->pid && parse_pid(args->pid, &lease.pid) == 0)
		r = procstat_start(lease.pid, &lease.start, &zombie);
	if (r == 0)
		r = !v->dry_run                                       ? ipam_claim(&lease, subnet)
			: ipam_find(args->net, args->id, &other) == 0 ? -EEXIST
								      : ipam_next(&lease, subnet);
	/* The same again is the same answer. */
	if (r == -EEXIST)
		r = ipam_find(args->net, args->id, &lease);
	if (lease.fd >= 0)
		close(lease.fd);
	if (r == 0 && ip->family && !inet_equal(ip, &lease.ip))
		return failed(
			v, 0, "ipam alloc: %s has %s", args->id, inet_format(&lease.ip, text));
	if (r < 0)
		return failed(v, r, "ipam alloc: an address of network %s", args->net);
	if (v->dry_run) {
		would(v, "ipam alloc --net %s --ip %s --id %s%s%s", args->net,
			inet_format(&lease.ip, text), args->id, args->pid ? " --pid " : "",
			args->pid ? args->pid : "");
		return 0;
	}
	r = fmt_fd(STDOUT_FILENO, "%s\n", inet_format(&lease.ip, text));
	return r < 0 ? failed(v, r, "stdout") : 0;
}

static int print_lease(struct lease *lease, void *data)
{
	struct print *p = data;
	char text[INET_TEXT];

	inet_format(&lease->ip, text);
	if (p->v->json)
		out_printf(&p->out,
			"%s{\"net\":\"%s\",\"address\":\"%s\",\"id\":\"%s\","
			"\"pid\":%d,\"alive\":%s}",
			p->items++ ? "," : "", lease->net, text, lease->id, lease->pid,
			lease->same_boot && ipam_alive(lease) ? "true" : "false");
	else
		out_printf(&p->out, "%s %s %s %d\n", lease->net, text, lease->id, lease->pid);
	return 0;
}

static int list(struct veth *v, const char *net)
{
	struct print p = { .out = OUT_INIT(STDOUT_FILENO), .v = v };
	int r;

	out_printf(&p.out, v->json ? "[" : "");
	r = ipam_each(net, print_lease, &p);
	out_printf(&p.out, v->json ? "]\n" : "");
	if (r == 0)
		r = out_flush(&p.out);
	return r < 0 ? failed(v, r, "ipam list") : 0;
}

static int release(struct veth *v, const struct ipam_args *args)
{
	struct lease lease;
	int r = ipam_find(args->net, args->id, &lease);

	if (r == 0 && v->dry_run)
		would(v, "ipam release --net %s --id %s", args->net, args->id);
	else if (r == 0)
		r = ipam_release(&lease);
	return r == 0 || v->if_exists ? 0 : failed(v, r, "ipam release: %s", args->id);
}

int ipam_run(struct veth *v, char **words)
{
	const char *verb = words[1] ? words[1] : "list", *extra;
	struct inet subnet = { 0 }, ip = { 0 };
	struct ipam_args args = { 0 };
	pid_t pid;

	extra = words[1] ? *applet_args(&ipam_applet, &args, words + 1, 0) : NULL;
	if (extra)
		usage_die("ipam %s: unknown word %s", verb, extra);
	if (!parse_word_in(verb, "alloc release list gc"))
		usage_die("ipam: no verb %s", verb);
	if ((args.net && !ipam_is_id(args.net)) || (args.id && !ipam_is_id(args.id)) ||
		(args.pid && parse_pid(args.pid, &pid) < 0))
		usage_die("ipam %s: not an ID, or not a PID", verb);
	if (parse_word_in(verb, "alloc release") && (!args.net || !args.id))
		usage_die("ipam %s: which --net and --id?", verb);
	if ((args.subnet && inet_parse_cidr(args.subnet, &subnet) < 0) ||
		(args.ip && inet_parse(args.ip, AF_UNSPEC, &ip) < 0))
		usage_die("ipam %s: not an address", verb);
	if (!strcmp(verb, "alloc") && !args.subnet && !args.ip)
		usage_die("ipam alloc: which --subnet or --ip?");
	if (v->checking)
		return 0;
	if (!strcmp(verb, "gc"))
		return gc_run(v, (char *[]){ (char *)"gc", NULL });
	if (!strcmp(verb, "list"))
		return list(v, args.net);
	return strcmp(verb, "alloc") ? release(v, &args) : alloc(v, &args, &subnet, &ip);
}

/* ---- hosts */

#define HOSTS_MAX 65536

struct hosts {
	struct out *out; /* of the file that is written now */
	const char *dir, *self;
	int (*each)(struct lease *lease, void *data);
	bool dry_run;
};

static const char *member_name(const char *dir, const char *id, char *name, size_t size)
{
	char path[IPAM_PATH];
	ssize_t n = fmt_path(path, sizeof(path), "%s/%s/hostname", dir, id);

	if (n == 0)
		n = fs_read(AT_FDCWD, path, name, size);
	if (n < 0)
		return NULL;
	name[strcspn(name, "\n")] = '\0';
	return name;
}

static int print_host(struct lease *lease, void *data)
{
	const struct hosts *hosts = data;
	char text[INET_TEXT], name[256];

	if (member_name(hosts->dir, lease->id, name, sizeof(name)))
		out_printf(
			hosts->out, "%s\t%s %s\n", inet_format(&lease->ip, text), name, lease->id);
	return 0;
}

/* Writes the file of one member in place: it may be bind-mounted, so its inode has to stay.  The
 * text is complete before the length is cut: a reader never finds less than it found before. */
static int write_hosts(struct lease *lease, void *data)
{
	struct hosts *hosts = data;
	CLEANUP_FD int fd = -1;
	char path[IPAM_PATH], name[256];
	struct out out;
	off_t end;
	int r;

	if (!member_name(hosts->dir, lease->id, name, sizeof(name)))
		return 0;
	r = fmt_path(path, sizeof(path), "%s/%s/hosts", hosts->dir, lease->id);
	if (hosts->dry_run)
		return fmt_fd(STDOUT_FILENO, "# %s\n", path) < 0;
	fd = r < 0 ? -1 : open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return r < 0 ? r : -errno;
	out = (struct out)OUT_INIT(fd);
	hosts->out = &out;
	out_printf(&out, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
	print_host(lease, hosts);
	hosts->self = lease->id;
	ipam_each(lease->net, hosts->each, hosts);
	r = out_flush(&out);
	end = r < 0 ? -1 : lseek(fd, 0, SEEK_CUR);
	return r < 0 ? r : end < 0 || ftruncate(fd, end) < 0 ? -errno : 0;
}

static int print_peer(struct lease *lease, void *data)
{
	const struct hosts *hosts = data;

	return strcmp(lease->id, hosts->self) ? print_host(lease, data) : 0;
}

static const struct opt hosts_opts[] = { OPT(0, "net", struct ipam_args, net, "NAME",
						 "the network"),
	OPT(0, "dir", struct ipam_args, dir, "DIR", "where the containers' folders are"), OPT_END };

static const struct applet hosts_applet = { .name = "vethctl hosts",
	.operands = "",
	.summary =
		"write DIR/ID/hosts of a network's containers, with the names in DIR/ID/hostname",
	.opts = hosts_opts };

int hosts_run(struct veth *v, char **words)
{
	struct ipam_args args = { 0 };
	struct hosts hosts = { .each = print_peer, .dry_run = v->dry_run };
	char dir[IPAM_PATH];
	int r;

	if (applet_args(&hosts_applet, &args, words, 0)[0] || !args.net || !ipam_is_id(args.net))
		usage_die("hosts --net NAME [--dir DIR]");
	if (v->checking)
		return 0;
	if (v->dry_run)
		would_words(v, (const char *const *)words);
	r = args.dir ? 0 : ipam_path(dir, "c", ".");
	hosts.dir = args.dir ? args.dir : dir;
	if (r == 0)
		r = ipam_each(args.net, write_hosts, &hosts);
	return r < 0 ? failed(v, r, "hosts: %s", hosts.dir) : 0;
}
