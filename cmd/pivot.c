// SPDX-License-Identifier: MIT
/* pivot.c - enters a root file system, and lets go of what a container must not have.
 *
 * Everything that follows in the chain comes out of ROOTFS and is not to be trusted; so privileges
 * go here, not in a later link.  The order matters:
 *   1. a mount namespace of our own, from which nothing spreads;
 *   2. the seal: nothing behind us may write the host's binary (seal.h);
 *   3. ROOTFS cloned and attached over "/", under which the host's paths still work;
 *   4. /proc, /sys, /dev, while the host's own are still in sight of the kernel;
 *   5. the caller's mounts; sysctls, then what is covered or read-only in /proc and /sys;
 *   6. pivot_root(2), the old root detached;
 *   7. keyring, ids, capabilities, filter; the directory; the descriptors. */
#include "pivot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "mnt.h"
#include "parse.h"
#include "seal.h"
#include "sys.h"

static const struct opt pivot_opts[] = {
	OPT('v', "volume", struct pivot_args, mounts, "SRC:DST[:OPTS]",
		"bind SRC, with what is below"),
	OPT(0, "tmpfs", struct pivot_args, mounts, "DST[:OPTS]", "mount an empty tmpfs"),
	OPT(0, "mount", struct pivot_args, mounts, "TYPE:SRC:DST[:OPTS]", "mount a file system"),
	OPT(0, "device", struct pivot_args, mounts, "SRC[:DST]", "a device node of the host"),
	OPT('r', "read-only", struct pivot_args, read_only, NULL, "the root, not what is below"),
	OPT(0, "rro", struct pivot_args, rro, NULL, "read-only with what is mounted below it"),
	OPT(0, "no-rbind", struct pivot_args, no_rbind, NULL, "ROOTFS without the mounts below it"),
	OPT(0, "ephemeral", struct pivot_args, ephemeral, "SIZE", "writes go to memory"),
	OPT(0, "overlay", struct pivot_args, overlay, "LOWER[:...]",
		"the root is an overlay of these"),
	OPT(0, "upper", struct pivot_args, upper, "DIR", "where an overlay keeps what is written"),
	OPT(0, "work", struct pivot_args, work, "DIR", "its scratch directory, beside --upper"),
	OPT(0, "idmap", struct pivot_args, idmap, "IN:OUT:COUNT", "show the root's owners shifted"),
	OPT(0, "proc", struct pivot_args, proc, "MODE", "masked, full, pid, bind or none"),
	OPT(0, "sys", struct pivot_args, sys, "MODE", "ro, rw, bind or none"),
	OPT(0, "cgroup", struct pivot_args, cgroup, "MODE", "ro, rw or none"),
	OPT(0, "dev", struct pivot_args, dev, "MODE", "min, bind or none"),
	OPT(0, "shm-size", struct pivot_args, shm_size, "SIZE", "of /dev and /dev/shm, 64M"),
	OPT(0, "mask", struct pivot_args, masks, "PATH", "cover a file or directory"),
	OPT(0, "unmask", struct pivot_args, masks, "PATH|all", "leave it uncovered"),
	OPT(0, "dev-ok", struct pivot_args, dev_ok, NULL, "device nodes in ROOTFS and binds work"),
	OPT(0, "propagation", struct pivot_args, propagation, "MODE",
		"private, slave, shared or unbindable"),
	OPT(0, "hostname", struct pivot_args, hostname, "NAME",
		"host name, where it is not the host's"),
	OPT(0, "domainname", struct pivot_args, domainname, "NAME", "NIS domain name, likewise"),
	OPT(0, "sysctl", struct pivot_args, sysctls, "KEY=VALUE", "of a namespace that is ours"),
	OPT('w', "workdir", struct pivot_args, workdir, "DIR", "start in DIR of the new root"),
	OPT(0, "mkdir-cwd", struct pivot_args, mkdir_cwd, NULL, "make that directory"),
	OPT('e', "env", struct pivot_args, env, "NAME=VALUE", "set a variable"),
	OPT('E', "clear-env", struct pivot_args, clear_env, NULL,
		"start with an empty environment"),
	OPT(0, "env-file", struct pivot_args, env_file, "FILE", "lines of NAME=VALUE"),
	OPT('u', "user", struct pivot_args, user, "USER[:GROUP]",
		"run as this user of the root's passwd"),
	PRIVOPTS_ROWS(struct pivot_args, priv),
	OPT(0, "privileged", struct pivot_args, privileged, NULL,
		"all capabilities, nothing covered, no filter"),
	OPT(0, "keep-fd", struct pivot_args, keep_fds, "N", "do not close this descriptor"),
	OPT(0, "raw-stdin", struct pivot_args, raw_stdin, NULL, "pass standard input as it is"),
	OPT(0, "tiocsti", struct pivot_args, tiocsti, NULL, "allow typing into the terminal"),
	OPT(0, "no-pivot", struct pivot_args, no_pivot, NULL, "chroot only; can be left by root"),
	OPT(0, "here", struct pivot_args, here, NULL, "in the mount namespace of the caller"),
	OPT(0, "dry-run", struct pivot_args, dry_run, NULL, "show the mounts, run nothing"),
	OPT(0, "verbose", struct pivot_args, verbose, NULL, "say each step"),
	OPT_END,
};

bool pivot_has_own(const struct pivot *pivot, unsigned kind)
{
	/* The initial namespaces have fixed inodes, linux/nsfs.h; net's only in late kernels. */
	static const struct {
		unsigned kind;
		const char *link, *initial;
	} kinds[] = {
		{ CLONE_NEWUSER, "/proc/self/ns/user", "user:[4026531837]" },
		{ CLONE_NEWUTS, "/proc/self/ns/uts", "uts:[4026531838]" },
		{ CLONE_NEWIPC, "/proc/self/ns/ipc", "ipc:[4026531839]" },
		{ CLONE_NEWCGROUP, "/proc/self/ns/cgroup", "cgroup:[4026531835]" },
		{ CLONE_NEWNET, "/proc/self/ns/net", "net:[4026531833]" },
	};
	char own[64], init[64];
	ssize_t n;

	if (pivot->chain->new_ns & kind)
		return true;
	/* A chain that made namespaces knows all of them. */
	if (pivot->chain->new_ns & ~(unsigned)CLONE_NEWNS)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].kind != kind)
			continue;
		n = readlink(kinds[i].link, own, sizeof(own) - 1);
		if (n < 0)
			return false;
		own[n] = '\0';
		if (kind != CLONE_NEWNET)
			return strcmp(own, kinds[i].initial) != 0;
		n = readlink("/proc/1/ns/net", init, sizeof(init) - 1);
		if (n < 0)
			return false;
		init[n] = '\0';
		return strcmp(own, init) != 0 && strcmp(own, kinds[i].initial) != 0;
	}
	return false;
}

static void check_mode(const char *option, const char *mode, const char *words)
{
	if (mode && !parse_word_in(mode, words))
		usage_die("--%s: %s is none of: %s", option, mode, words);
}

static void check_args(const struct pivot_args *args)
{
	check_mode("proc", args->proc, "masked full pid bind none");
	check_mode("sys", args->sys, "ro rw bind none");
	check_mode("cgroup", args->cgroup, "ro rw none");
	check_mode("dev", args->dev, "min bind none");
	check_mode("propagation", args->propagation, "private slave shared unbindable");
	if (!args->upper != !args->work)
		usage_die("--upper and --work come together");
	if (args->upper && (!args->overlay || args->ephemeral.set))
		usage_die("--upper is for --overlay, without --ephemeral");
	if (args->idmap && (args->overlay || args->ephemeral.set))
		usage_die("--idmap: an overlay cannot be id-mapped");
	if (args->mkdir_cwd && !args->workdir)
		usage_die("--mkdir-cwd wants -w");
	if (args->here && args->no_pivot)
		usage_die("--no-pivot would leave the caller's mounts changed: not with --here");
}

static void apply_privileged(struct pivot_args *args)
{
	if (!args->privileged)
		return;
	args->proc = args->proc ? args->proc : "full";
	args->sys = args->sys ? args->sys : "rw";
	args->cgroup = args->cgroup ? args->cgroup : "rw";
	args->priv.seccomp = args->priv.seccomp ? args->priv.seccomp : "none";
	args->dev_ok = true;
	if (!args->priv.no_new_privs)
		args->priv.allow_setuid = true;
}

static void choose_privileges(struct pivot *pivot)
{
	const struct pivot_args *args = pivot->args;
	uint64_t kept = args->privileged ? CAPS_ALL : CAPS_DEFAULT;

	/* On the host's network a raw socket can answer for others. */
	if (!args->privileged && !pivot_has_own(pivot, CLONE_NEWNET) &&
		!pivot_has_own(pivot, CLONE_NEWUSER))
		kept &= ~CAP_BIT(CAP_NET_RAW);
	if (args->no_pivot)
		kept &= ~CAP_BIT(CAP_SYS_CHROOT);
	pivot->priv = (struct priv)PRIV_SAME;
	pivot->priv.permitted = kept;
	pivot->priv.no_new_privs = true;
	privopts_parse(&args->priv, &pivot->priv);
	if (args->no_pivot &&
		pivot->priv.bounding & (CAP_BIT(CAP_SYS_CHROOT) | CAP_BIT(CAP_SYS_ADMIN)))
		usage_die("--no-pivot: not with SYS_CHROOT or SYS_ADMIN, which undo it");
	if (args->priv.seccomp || !args->tiocsti)
		privopts_filter(args->priv.seccomp ? args->priv.seccomp : "tty", &pivot->priv);
}

static void set_names(const struct pivot *pivot)
{
	const struct pivot_args *args = pivot->args;

	if (!args->hostname && !args->domainname)
		return;
	if (!pivot_has_own(pivot, CLONE_NEWUTS))
		die_hint(0, "unshare -u makes one", "--hostname: this is the host's UTS namespace");
	if ((args->hostname && sethostname(args->hostname, strlen(args->hostname)) < 0) ||
		(args->domainname && setdomainname(args->domainname, strlen(args->domainname)) < 0))
		die(-errno, "set the host name");
}

static void enter_namespace(struct pivot *pivot)
{
	struct chain *chain = pivot->chain;
	int r = 0;

	if ((chain->new_ns & CLONE_NEWNS || pivot->args->here) && !pivot->args->dry_run) {
		if (!chain->private_mounts)
			r = mnt_stop_propagation();
	} else {
		r = mnt_unshare();
	}
	if (r < 0)
		die_hint(r,
			r == -EPERM ? "SYS_ADMIN is needed: as a user, unshare -Ur -pnmu pivot ..."
				: r == -EINVAL
				? "the caller is in a chroot whose root is not a mount point"
				: NULL,
			"a mount namespace of its own");
	chain->new_ns |= CLONE_NEWNS;
	chain->private_mounts = true;
}

static void prepare_mounts(const struct pivot *pivot)
{
	const char *api = getenv("HUSK_MOUNT_API");
	int r;

	if (api && !parse_word_in(api, "old new"))
		usage_die("HUSK_MOUNT_API: %s is neither old nor new", api);
	r = mnt_lift_initramfs();
	if (r > 0 && pivot->priv.bounding & CAP_BIT(CAP_SYS_ADMIN))
		warn(0,
			"the initramfs stays below the new root, in reach of SYS_ADMIN "
			"(boot through switch_root --to-tmpfs)");
	if (r >= 0)
		r = mnt_init(api && !strcmp(api, "old"));
	if (r < 0)
		die_hint(r, r == -ENOSPC ? "see /proc/sys/fs/mount-max" : NULL,
			"prepare the mount namespace");
}

static int pivot_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct pivot_args args = { 0 };
	struct pivot pivot = { .args = &args,
		.chain = chain,
		.root = -1,
		.proc = -1,
		.sys = -1,
		.dev = -1,
		.idmap = -1 };
	char **words = applet_args(self, &args, argv, 1);
	const char *what;
	mode_t mask;
	int r;

	err_verbose(args.verbose);
	/* An empty ROOTFS, as of a variable that is not set, would be the working directory. */
	if (!*words[0] || (!words[1] && !args.dry_run))
		usage_die("missing operand: %s", self->operands);
	pivot.rootfs = words[0];
	check_args(&args);
	apply_privileged(&args);
	choose_privileges(&pivot);
	pivot_read_volumes(&pivot);
	pivot_read_env_file(&pivot);
	enter_namespace(&pivot);
	r = seal_self(chain, argv, words + 1, &pivot.seal, &what);
	if (r < 0)
		die(r, "%s", what);
	pivot_make_idmap(&pivot);
	pivot_make_idmaps(&pivot);
	privopts_guard(&args.priv);
	prepare_mounts(&pivot);
	mask = umask(0);
	pivot_make_root(&pivot);
	pivot_mount_proc(&pivot);
	pivot_mount_sys(&pivot);
	pivot_mount_dev(&pivot);
	pivot_mount_volumes(&pivot);
	if (!args.dry_run)
		pivot_set_sysctls(&pivot);
	pivot_cover_paths(&pivot);
	if (args.dry_run) {
		pivot_enter(&pivot);
		return pivot_show(&pivot);
	}
	set_names(&pivot);
	pivot_guard_stdio(&pivot);
	pivot_enter(&pivot);
	umask(mask);
	pivot_hand_over(&pivot);
	chain->next = words + 1;
	return 0;
}

const struct applet pivot_applet = {
	.name = "pivot",
	.operands = "ROOTFS COMMAND [ARG...]",
	.summary = "make a directory the root file system and run a command in it",
	.opts = pivot_opts,
	.own_error = 125,
	.usage_error = 125,
	.run = pivot_run,
};
