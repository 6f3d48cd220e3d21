/* SPDX-License-Identifier: MIT */
/* cgroup.h - control groups, v1 and v2 behind one face (cgroups(7), cgroup-v2.rst, cgroup-v1/).
 *
 * A group here is a directory in each of the hierarchies that its limits need: one on v2, one a
 * controller on v1, both on a hybrid host.  Everything is opened relative to the root of its
 * hierarchy and no path may hold "..".  Functions return 0 or a result or -errno; where one
 * fails on a file of a group, cg->fault says on which. */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum cg_controller {
	CG_MEMORY,
	CG_CPU,
	CG_CPUSET,
	CG_PIDS,
	CG_IO,
	CG_HUGETLB,
	CG_CPUACCT,
	CG_DEVICES,
	CG_FREEZER,
	CG_NET_CLS,
	CG_NET_PRIO,
	CG_PERF_EVENT,
	CG_RDMA,
	CG_MISC,
	CG_UNIFIED, /* the v2 tree itself: cgroup.kill, cgroup.freeze, cgroup.events */
	CG_CONTROLLERS,
	CG_NONE = CG_CONTROLLERS,
};

#define CG_BIT(c) (1u << (c))
#define CG_ALL    (CG_BIT(CG_CONTROLLERS) - 1)
/* On v2 these need no controller: every group can freeze, be killed, hold a device program. */
#define CG_V2_ALWAYS                                                                               \
	(CG_BIT(CG_UNIFIED) | CG_BIT(CG_FREEZER) | CG_BIT(CG_DEVICES) | CG_BIT(CG_CPUACCT))
#define CG_TREES CG_CONTROLLERS
#define CG_PATH  512
#define CG_FILE  96

/* The name of a controller on that version; v2 has none for those that are part of every group. */
const char *cg_controller_name(enum cg_controller controller, int version);

/* The controller of that name on either version, or CG_NONE.  Compares length bytes. */
enum cg_controller cg_controller_find(const char *name, size_t length);

/* One hierarchy, and the group's directory in it. */
struct cg_tree {
	int version;
	unsigned controllers; /* bits of those that it carries */
	int root;             /* of the mount, O_PATH */
	int dir;              /* of the group, -1 before it is made or opened */
	bool made;            /* by us */
	char own[CG_PATH]; /* the caller's group, from root: "" is the root; valid with has_own */
	bool has_own;
	bool placed;         /* path is set */
	char path[CG_PATH];  /* the group, from root: "/husk/4711.a3f09c1e" */
	char point[CG_FILE]; /* where it is mounted, "" when by ourselves and nowhere */
};

struct cg_fault {
	const struct cg_tree *tree; /* NULL: none in particular */
	char dir[CG_PATH];          /* another directory than the group's, or "" */
	char file[CG_FILE];
	char value[CG_FILE];
	char got[CG_FILE];
};

struct cgroup {
	unsigned count;
	struct cg_tree tree[CG_TREES];
	struct cg_fault fault;
};

/* ---- cgfind.c: which hierarchy carries what */

/* Finds and opens the hierarchies that carry the needed controllers (bits), v1 where the
 * controller is mounted there.  Mounts none, except detached where there is no mount at all.
 *   own      also find out the caller's own group (needs /proc)
 *   missing  (out) the bits that no hierarchy carries: those are for the caller to judge
 *   errors   -errno of reading the mount table */
int cg_find(struct cgroup *cg, unsigned need, bool own, unsigned *missing);

/* The hierarchy of the group that carries a controller, or NULL. */
struct cg_tree *cg_tree_of(struct cgroup *cg, enum cg_controller controller);

/* Mounts, nowhere, the v1 hierarchy of a controller or the v2 tree: the root, to be closed.
 *   errors  -ENOENT  there is no such v1 hierarchy: none is ever made, it would stay listed in
 *                    every /proc/PID/cgroup
 *           -EBUSY   cgroup2 is mounted already: a second mount would change its options */
int cg_mount_v1(const char *controller);
int cg_mount_v2(void);

/* ---- cgroup.c: make, enter, remove */

/* A path that a user gave, in its normal form: "" or "/a/b", no "." or "..".
 *   errors  -EINVAL -ENAMETOOLONG */
int cg_path(char *path, const char *given);

/* Sets the path of the group in each hierarchy: parent/name; without a parent "husk/name" below
 * the caller's own group (v1) or beside it (v2, whose populated groups have no children). */
int cg_place(struct cgroup *cg, const char *parent, const char *name);

/* A name that no other group has: PID.RANDOM. */
void cg_fresh_name(char name[32]);

struct cg_make {
	bool keep;     /* stays: marked so that no sweep takes it */
	bool evacuate; /* v2: processes in the way are moved to "husk.init" */
	bool existing; /* -EEXIST is fine: the group is opened */
};

/* Makes the group in every hierarchy, levels above and v2 controllers included, locks and marks
 * it.  After an error nothing is left.
 *   errors  -EEXIST and those of mkdir(2); cg->fault */
int cg_make(struct cgroup *cg, const struct cg_make *how);

/* Opens the group in every hierarchy where it exists; those where it does not are dropped.
 *   errors  -ENOENT in none (partial: not in all), cg->fault.tree says where */
int cg_open(struct cgroup *cg, bool partial);

/* Moves this process in (v1_only: not into the v2 group).  It must be single-threaded. */
int cg_enter(struct cgroup *cg, bool v1_only);

/* fork(2), the child if possible in the v2 group from the first: *entered, and cg_enter() there
 * is for the rest. */
pid_t cg_fork(struct cgroup *cg, bool *entered);

/* Moves another process, with all its threads. */
int cg_add(struct cgroup *cg, pid_t pid);

/* Closes the group and its hierarchies. */
void cg_close(struct cgroup *cg);

/* Removes what cg_make made; for an error on the way. */
void cg_undo(struct cgroup *cg);

/* Removes a group with all groups in it, and the levels above that husk made and nobody uses.
 * Waits for what has been killed but is not gone yet.
 *   errors  -EBUSY  it has processes     -ENOENT */
int cg_remove(int dir, const char *path);

/* Writes "+c" or a limit into a file of a group, filling in cg->fault on error. */
int cg_write(struct cgroup *cg, const struct cg_tree *tree, const char *file, const char *value);

/* Calls fn for every process of the group (below: and of those in it) until it returns not 0. */
int cg_each_process(int dir, bool below, int (*fn)(pid_t pid, void *arg), void *arg);

/* Has the group (below: or one in it) a process? */
bool cg_populated(int dir, bool below);

/* Calls fn for each group in dir, which it may remove, until it returns not 0. */
int cg_each_child(int dir, int (*fn)(int dir, const char *name, void *arg), void *arg);

/* Is the group of this descriptor still there? */
bool cg_is_there(int dir);

/* ---- cgroup1.c */

/* Gives the group and the levels above it the CPUs and memory nodes of the level above, where
 * they have none: v1 does not inherit them and refuses processes. */
int cg1_fill_cpuset(const struct cg_tree *tree);

/* ---- cgroup2.c */

/* Does the level (a descriptor) give its children all controllers of the tree? */
bool cg2_complete(const struct cg_tree *tree, int level);

/* Enables the controllers of the tree in all levels down to this one, which a group holds. */
int cg2_enable(struct cgroup *cg, const struct cg_tree *tree, const char *level, bool evacuate);

/* ---- cgkill.c */

/* Kills every process of the group, forking ones too, frozen ones too. */
int cg_kill(struct cgroup *cg);

/* Freezes and returns when all are frozen, or thaws.
 *   errors  -ETIMEDOUT  after 5 s; it is thawed again     -EOPNOTSUPP  no freezer here */
int cg_freeze(struct cgroup *cg, bool on);

/* ---- cgsweep.c */

/* Marks a group as watched, as made to stay, or as a level made on the way. */
#define CG_MARK_WATCHED "watched"
#define CG_MARK_KEPT    "kept"
#define CG_MARK_LEVEL   "level"
int cg_mark(int dir, const char *mark);
bool cg_is_level(int dir);

/* Removes the groups of a level whose watcher is gone and which are empty.
 *   path    of the level from the root of its hierarchy
 *   all     also look at those whose first process seems to live (a reused id)
 *   returns how many were removed */
int cg_sweep(int level, const char *path, bool all);

/* ---- cgwatch.c */

struct cg_watch {
	int pidfd;           /* of the first process, or the read end of a pipe that it holds */
	bool kill;           /* what is left when the first process ends */
	bool keep;           /* do not remove the group */
	uint64_t timeout_ms; /* 0 none */
	const char *stats;   /* FILE or fd:N, or NULL */
	bool json;
	bool alone; /* shares no memory, not even for a moment: with it goes oom_score_adj */
};

/* Starts the watcher: a process of its own session, without any of our descriptors, that waits
 * for the group to become empty and removes it.
 *   stays   this process goes on as it is until it ends, with these credentials: where the kernel
 *           is new enough the watcher then shares its memory, and is a child that only __WALL
 *           shows.  Else no child of ours remains. */
int cg_watch_start(struct cgroup *cg, struct cg_watch *watch, bool stays);

/* Waits until it exists: to be called before entering; other work fits in between.
 *   errors  -EAGAIN  it could not be made: nobody would remove the group */
int cg_watch_ready(void);

/* After a start with stays: it does not stay after all.  The watcher goes on in memory of its own
 * and is nobody's child.  Without one that shares, nothing happens.
 *   errors  -EAGAIN  it could not: nobody would remove the group */
int cg_watch_part(void);

/* What the watcher does.  Returns when the group is gone. */
void cg_watch_run(struct cgroup *cg, struct cg_watch *watch);

/* What `cgexec --watch` is: the watcher, given the words behind it. */
#define CG_WATCH "--watch"
int cg_watch_parse(struct cgroup *cg, struct cg_watch *watch, char **argv);

#endif
