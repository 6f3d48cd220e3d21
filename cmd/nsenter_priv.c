// SPDX-License-Identifier: MIT
/* nsenter_priv.c - the IDs and privileges of what runs inside.
 *
 * Copied from the target: its capability bounding set and no_new_privs.  Its seccomp filter cannot
 * be read but by stopping it (PTRACE_SECCOMP_GET_FILTER), which it would notice in the system call
 * that it waits in: where it has one, what enters gets the filter that pivot installs by default.
 */
#include "nsenter.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "caps.h"
#include "err.h"
#include "fs.h"
#include "parse.h"
#include "proc.h"
#include "sys.h"
#include "wait.h"

static uint32_t plan_id(struct target *target, const char *option, const char *text, bool group)
{
	struct stat st;
	uint32_t id;

	if (!strcmp(text, "follow")) {
		if (!target->pid)
			usage_die("--%s: follow needs --target", option);
		if (fstatat(target_proc(target), "", &st, AT_EMPTY_PATH) < 0)
			die(-errno, "/proc of process %d", target->pid);
		return group ? st.st_gid : st.st_uid;
	}
	if (parse_id(text, &id) < 0)
		usage_die("--%s: %s: not an ID", option, text);
	return id;
}

/* Without /proc the target's own capabilities bound us. */
static void read_bounds(struct target *target, struct credentials *cred, const char **filter)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, target->pid };
	struct __user_cap_data_struct caps[2] = { { 0 } };
	struct proc_status status = { .filtered = false };
	int r;

	if (target->proc < 0)
		target->proc = proc_open(target->pidfd, target->pid);
	r = target->proc < 0 ? target->proc : proc_status(target->proc, &status);
	if (r == -ENOENT) {
		r = sys_capget(&header, caps);
		status.bounding = caps[0].permitted | (uint64_t)caps[1].permitted << 32;
	}
	if (r < 0)
		die(r, "privileges of process %d", target->pid);
	cred->priv.permitted = status.bounding;
	cred->priv.no_new_privs = status.no_new_privs;
	if (status.filtered && !*filter)
		*filter = "tty";
	cred->bounded = true;
}

/* Is there a capability that this process could get and the target could not?  Where the kernel
 * does not say, there may be: EINVAL alone is the end of those that it has. */
static bool exceeds(uint64_t bounding)
{
	int r = 0;

	for (int cap = 0; cap < 64 && r >= 0; cap++)
		if (!(bounding & CAP_BIT(cap)) && (r = prctl(PR_CAPBSET_READ, cap)) > 0)
			return true;
	return r < 0 && errno != EINVAL;
}

void credentials_plan(
	struct credentials *cred, struct target *target, const struct nsenter_args *args)
{
	const char *filter = args->priv.seccomp;
	struct priv *priv = &cred->priv;

	*cred = (struct credentials){ .priv = PRIV_SAME };
	cred->drop_groups = !args->priv.groups &&
		(args->setgid || (target_enters(target, NS_USER) && !args->preserve_credentials));
	if (args->setuid)
		priv->ruid = priv->euid = plan_id(target, "setuid", args->setuid, false);
	if (args->setgid)
		priv->rgid = priv->egid = plan_id(target, "setgid", args->setgid, true);
	if ((target_enters(target, NS_MOUNT) || target->root >= 0) && target->pid &&
		!args->privileged)
		read_bounds(target, cred, &filter);
	privopts_parse(&args->priv, priv);
	if (filter)
		privopts_filter(filter, priv);
	cred->wanted = args->setuid || args->setgid || args->keep_caps || priv->no_new_privs ||
		priv->filter || privopts_given(&args->priv);
}

/* A user namespace may deny setgroups(2) for good: then there is no group to drop in it that the
 * kernel would let be dropped. */
static bool setgroups_denied(void)
{
	char setting[16];

	return fs_read(AT_FDCWD, "/proc/self/setgroups", setting, sizeof(setting)) < 0 ||
		!strncmp(setting, "deny", 4);
}

/* What an image could inherit is given by name only. */
static void keep_own_caps(struct credentials *cred, const struct nsenter_args *args)
{
	struct priv *priv = &cred->priv;
	struct caps caps;
	int r = caps_get(&caps);

	if (r < 0)
		die(r, "read the capabilities");
	if (!cred->bounded)
		priv->inheritable = caps.inheritable & priv->bounding;
	if (args->keep_caps)
		priv->ambient |= caps.permitted & priv->bounding;
	else if (!cred->bounded && !args->priv.ambient.count)
		priv->ambient = caps_ambient() & priv->bounding;
}

static void arm(const struct chain *chain)
{
	int r = wait_arm(chain);

	if (r == -ECANCELED)
		_exit(128 + SIGKILL);
	if (r < 0)
		die(r, "PR_SET_PDEATHSIG");
}

void credentials_apply(struct credentials *cred, bool user_joined, const struct nsenter_args *args,
	const struct chain *chain)
{
	struct priv *priv = &cred->priv;
	gid_t groups[PRIVOPTS_GROUPS];
	struct passwd_user nobody;
	const char *what;
	int r;

	if (user_joined && !args->preserve_credentials) {
		priv->ruid = priv->euid = args->setuid ? priv->euid : 0;
		priv->rgid = priv->egid = args->setgid ? priv->egid : 0;
	} else if (!cred->wanted && !exceeds(priv->bounding)) {
		arm(chain);
		return;
	}
	if (args->priv.groups)
		privopts_find_user(&args->priv, NULL, AT_FDCWD, AT_FDCWD, priv, groups, &nobody);
	else if (cred->drop_groups && (sys_setgroups(0, NULL) != -EPERM || !setgroups_denied()))
		priv->group_count = 0;
	keep_own_caps(cred, args);
	r = priv_apply(priv, chain, AT_FDCWD, &what);
	if (r == -ECANCELED)
		_exit(128 + SIGKILL);
	if (r < 0)
		die_hint(r, r == -EINVAL && args->setuid ? "is the ID mapped inside?" : NULL, "%s",
			what);
}
