// SPDX-License-Identifier: MIT
/* priv.c - lets go of privileges, see priv.h.
 *
 * The order, and why:
 *   1. limits, score and niceness: raising them wants capabilities that go later;
 *   2. the filter, when no_new_privs stays off: then only SYS_ADMIN may install one;
 *   3. the bounding set: wants SETPCAP, which the new sets may not have;
 *   4. groups, gid, uid, with KEEPCAPS over the last one; it clears the effective set and the
 *      parent death signal;
 *   5. securebits, while SETPCAP is still there; then the sets, then the ambient one, which must
 *      be inside of them;
 *   6. the parent death signal again, and a look whether the parent is still there;
 *   7. no_new_privs, and with it the filter that needs no privilege. */
#include "priv.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "fmt.h"
#include "fs.h"
#include "parse.h"
#include "seccomp.h"
#include "sys.h"

static const struct {
	const char *name;
	int resource;
	bool bytes;
} resources[] = {
	{ "as", RLIMIT_AS, true },
	{ "core", RLIMIT_CORE, true },
	{ "cpu", RLIMIT_CPU, false },
	{ "data", RLIMIT_DATA, true },
	{ "fsize", RLIMIT_FSIZE, true },
	{ "locks", RLIMIT_LOCKS, false },
	{ "memlock", RLIMIT_MEMLOCK, true },
	{ "msgqueue", RLIMIT_MSGQUEUE, true },
	{ "nice", RLIMIT_NICE, false },
	{ "nofile", RLIMIT_NOFILE, false },
	{ "nproc", RLIMIT_NPROC, false },
	{ "rss", RLIMIT_RSS, true },
	{ "rtprio", RLIMIT_RTPRIO, false },
	{ "rttime", RLIMIT_RTTIME, false },
	{ "sigpending", RLIMIT_SIGPENDING, false },
	{ "stack", RLIMIT_STACK, true },
};

static const char *const securebit_names[] = { "noroot", "noroot_locked", "no_setuid_fixup",
	"no_setuid_fixup_locked", "keep_caps", "keep_caps_locked", "no_cap_ambient_raise",
	"no_cap_ambient_raise_locked" };

int priv_current(struct priv *priv)
{
	struct caps caps;
	int r = caps_get(&caps);

	if (r < 0)
		return r;
	*priv = (struct priv)PRIV_SAME;
	priv->inheritable = caps.inheritable;
	priv->ambient = caps_ambient();
	return 0;
}

static int set_limits(const struct priv *priv, int proc, const char **what)
{
	int r;

	*what = "set a resource limit";
	for (int i = 0; i < PRIV_LIMITS; i++)
		if (priv->set_limits & 1u << i && setrlimit(i, &priv->limits[i]) < 0)
			return -errno;
	*what = "set oom_score_adj";
	if (priv->oom_score_adj) {
		r = proc == AT_FDCWD
			? fs_write(proc, "/proc/self/oom_score_adj", priv->oom_score_adj)
			: fs_write(proc, "self/oom_score_adj", priv->oom_score_adj);
		if (r < 0)
			return r;
	}
	*what = "set the nice value";
	if (priv->set_nice && setpriority(PRIO_PROCESS, 0, priv->nice) < 0)
		return -errno;
	if (priv->set_umask)
		umask(priv->umask);
	return 0;
}

static bool changes_user(const struct priv *priv)
{
	return priv->ruid != PRIV_SAME_ID || priv->euid != PRIV_SAME_ID;
}

static int set_ids(const struct priv *priv, const char **what)
{
	int r;

	*what = "set the supplementary groups";
	if (priv->group_count >= 0) {
		r = sys_setgroups((size_t)priv->group_count, priv->groups);
		if (r < 0)
			return r;
	}
	*what = "set the group id";
	if (priv->rgid != PRIV_SAME_ID || priv->egid != PRIV_SAME_ID) {
		r = sys_setresgid(priv->rgid, priv->egid, priv->egid);
		if (r < 0)
			return r;
	}
	*what = "set the user id";
	if (!changes_user(priv))
		return 0;
	if (prctl(PR_SET_KEEPCAPS, 1) < 0)
		return -errno;
	r = sys_setresuid(priv->ruid, priv->euid, priv->euid);
	prctl(PR_SET_KEEPCAPS, 0);
	return r;
}

static int set_caps(const struct priv *priv, const char **what)
{
	struct caps caps;
	int r;

	*what = "read the capabilities";
	r = caps_get(&caps);
	if (r < 0)
		return r;
	*what = "set the securebits";
	if (priv->set_securebits) {
		/* The change of user cleared what it needs from the effective set. */
		caps.effective = caps.permitted;
		r = caps_set(&caps);
		if (r < 0 || prctl(PR_SET_SECUREBITS, (unsigned long)priv->securebits) < 0)
			return r < 0 ? r : -errno;
	}
	*what = "set the capabilities";
	caps.permitted &= priv->permitted;
	caps.effective = caps.permitted;
	caps.inheritable = priv->inheritable | priv->ambient;
	r = caps_set(&caps);
	if (r < 0)
		return r;
	*what = "set the ambient capabilities";
	return caps_ambient_set(priv->ambient);
}

/* A waiter that died before the signal was armed sends none: its end of the pipe is closed. */
static int guard_parent(const struct priv *priv, const struct chain *chain, const char **what)
{
	int sig = priv->pdeath_signal ? priv->pdeath_signal : chain->pdeath_signal;
	struct pollfd life = { .fd = chain->life_fd, .events = POLLIN };

	*what = "arm the parent death signal";
	if (sig && prctl(PR_SET_PDEATHSIG, sig > 0 ? sig : 0) < 0)
		return -errno;
	*what = "the process that waits outside is gone";
	return chain->life_fd >= 0 && poll(&life, 1, 0) > 0 ? -ECANCELED : 0;
}

int priv_apply(const struct priv *priv, const struct chain *chain, int proc, const char **what)
{
	int r = set_limits(priv, proc, what);

	if (!r && priv->filter && !priv->no_new_privs) {
		*what = "install the seccomp filter";
		r = seccomp_install(priv->filter);
	}
	if (!r && priv->bounding != CAPS_ALL) {
		*what = "drop from the bounding set";
		r = caps_bounding_keep(priv->bounding);
	}
	if (!r)
		r = set_ids(priv, what);
	if (!r)
		r = set_caps(priv, what);
	if (!r)
		r = guard_parent(priv, chain, what);
	if (r || !priv->no_new_privs)
		return r;
	*what = "set no_new_privs";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	*what = "install the seccomp filter";
	return priv->filter ? seccomp_install(priv->filter) : 0;
}

static int parse_limit(const char *s, bool bytes, rlim_t *limit)
{
	uint64_t n = RLIM_INFINITY;
	int r = 0;

	if (strcmp(s, "unlimited") != 0)
		r = bytes ? parse_size(s, &n) : parse_u64(s, 0, RLIM_INFINITY - 1, &n);
	*limit = n;
	return r;
}

int priv_parse_limit(struct priv *priv, const char *spec)
{
	char buf[96], *rest = buf;
	const char *name, *soft, *hard;
	int r = fmt_path(buf, sizeof(buf), "%s", spec);

	if (r < 0)
		return -EINVAL;
	name = parse_field(&rest, "=");
	soft = parse_field(&rest, ":");
	hard = rest ? rest : soft;
	for (size_t i = 0; soft && i < sizeof(resources) / sizeof(resources[0]); i++) {
		struct rlimit limit;

		if (strcmp(name, resources[i].name) != 0)
			continue;
		r = parse_limit(soft, resources[i].bytes, &limit.rlim_cur);
		if (!r)
			r = parse_limit(hard, resources[i].bytes, &limit.rlim_max);
		if (!r && limit.rlim_cur > limit.rlim_max)
			r = -ERANGE;
		if (r < 0)
			return r;
		priv->limits[resources[i].resource] = limit;
		priv->set_limits |= 1u << resources[i].resource;
		return 0;
	}
	return -EINVAL;
}

const char *priv_securebit_name(int bit)
{
	return (size_t)bit < sizeof(securebit_names) / sizeof(securebit_names[0])
		? securebit_names[bit]
		: NULL;
}

static int securebit(const char *name)
{
	int bit = 0;

	while (priv_securebit_name(bit) && strcmp(name, securebit_names[bit]) != 0)
		bit++;
	return priv_securebit_name(bit) ? bit : -EINVAL;
}

int priv_parse_securebits(const char *list, unsigned *bits)
{
	char buf[192], *rest = buf;
	int current = prctl(PR_GET_SECUREBITS);
	unsigned result = current < 0 ? 0 : (unsigned)current;

	if (fmt_path(buf, sizeof(buf), "%s", list) < 0)
		return -EINVAL;
	while (rest) {
		const char *word = parse_field(&rest, ",");
		bool remove = *word == '-';
		int bit = securebit(word + (*word == '-' || *word == '+'));

		if (!strcmp(word, "none"))
			result = 0;
		else if (bit < 0)
			return -EINVAL;
		else
			result = remove ? result & ~(1u << bit) : result | 1u << bit;
	}
	*bits = result;
	return 0;
}
