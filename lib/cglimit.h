/* SPDX-License-Identifier: MIT */
/* cglimit.h - the table of limits: one row a limit.
 *
 * A row drives the option of cgexec and its --help, the parser, the file and the value on v1 and
 * v2, the reading back and the messages.  The order of the rows is the order of the writes: what
 * an entry needs first (cpuset, real time), then memory, and what is narrowest last. */
#ifndef CGLIMIT_H
#define CGLIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroup.h"

#define CG_UNLIMITED UINT64_MAX

/* X(id, kind, field, letter, option, argument, controller, v1 file, v2 file, min, max, help)
 *
 * kind   how the value is read and written, see cglimit.c
 * field  text: the last one wins; list: may be repeated; flag: takes no value
 * file   NULL: this version has no such limit; "a|b": the first that exists
 * min    of a NUMBER; its max */
#define CG_LIMITS(X)                                                                               \
	X(CPUSET_MEMS, LIST, text, 0, "cpuset-mems", "LIST", CG_CPUSET, "cpuset.mems",             \
		"cpuset.mems", 0, 0, "memory nodes")                                               \
	X(CPUSET_CPUS, LIST, text, 0, "cpuset-cpus", "LIST", CG_CPUSET, "cpuset.cpus",             \
		"cpuset.cpus", 0, 0, "CPUs")                                                       \
	X(RT_PERIOD, NUMBER, text, 0, "rt-period", "US", CG_CPU, "cpu.rt_period_us", NULL, 1,      \
		UINT32_MAX, "real-time period")                                                    \
	X(RT_RUNTIME, NUMBER, text, 0, "rt-runtime", "US", CG_CPU, "cpu.rt_runtime_us", NULL, 0,   \
		UINT32_MAX, "real-time runtime a period")                                          \
	X(MEMORY, SIZE, text, 'm', "memory", "SIZE", CG_MEMORY, "memory.limit_in_bytes",           \
		"memory.max", 0, 0, "memory; swap none unless --swap")                             \
	X(SWAP, SWAP, text, 0, "swap", "SIZE", CG_MEMORY, "memory.memsw.limit_in_bytes",           \
		"memory.swap.max", 0, 0, "swap alone")                                             \
	X(MEMORY_SWAP, TOTAL, text, 0, "memory-swap", "SIZE", CG_MEMORY, NULL, NULL, 0, 0,         \
		"memory and swap together")                                                        \
	X(MEMORY_HIGH, SIZE, text, 0, "memory-high", "SIZE", CG_MEMORY, NULL, "memory.high", 0, 0, \
		"throttle above")                                                                  \
	X(MEMORY_LOW, SIZE, text, 0, "memory-low", "SIZE", CG_MEMORY,                              \
		"memory.soft_limit_in_bytes", "memory.low", 0, 0, "protect below, if possible")    \
	X(MEMORY_MIN, SIZE, text, 0, "memory-min", "SIZE", CG_MEMORY, NULL, "memory.min", 0, 0,    \
		"protect below, always")                                                           \
	X(OOM_GROUP, FLAG, flag, 0, "oom-group", NULL, CG_MEMORY, NULL, "memory.oom.group", 1, 1,  \
		"out of memory kills all")                                                         \
	X(OOM_KILL_DISABLE, FLAG, flag, 0, "oom-kill-disable", NULL, CG_MEMORY,                    \
		"memory.oom_control", NULL, 1, 1, "out of memory pauses")                          \
	X(SWAPPINESS, NUMBER, text, 0, "swappiness", "N", CG_MEMORY, "memory.swappiness", NULL, 0, \
		200, "0..200")                                                                     \
	X(PIDS, COUNT, text, 'p', "pids", "N", CG_PIDS, "pids.max", "pids.max", 1, 4194304,        \
		"processes and threads")                                                           \
	X(CPUS, CPUS, text, 0, "cpus", "N", CG_CPU, NULL, NULL, 0, 0, "CPU time: 0.5, 50%, 500m")  \
	X(CPU_PERIOD, NUMBER, text, 0, "cpu-period", "US", CG_CPU, "cpu.cfs_period_us", "cpu.max", \
		1000, 1000000, "period of --cpu-quota")                                            \
	X(CPU_QUOTA, QUOTA, text, 0, "cpu-quota", "US", CG_CPU, "cpu.cfs_quota_us", "cpu.max",     \
		1000, 1ull << 43, "CPU time a period")                                             \
	X(CPU_BURST, NUMBER, text, 0, "cpu-burst", "US", CG_CPU, "cpu.cfs_burst_us",               \
		"cpu.max.burst", 0, 1ull << 43, "may be saved up")                                 \
	X(CPU_WEIGHT, WEIGHT, text, 'c', "cpu-weight", "N", CG_CPU, "cpu.shares", "cpu.weight", 1, \
		10000, "1..10000, default 100")                                                    \
	X(CPU_SHARES, SHARES, text, 0, "cpu-shares", "N", CG_CPU, "cpu.shares", "cpu.weight", 2,   \
		262144, "2..262144, default 1024")                                                 \
	X(CPU_IDLE, FLAG, flag, 0, "cpu-idle", NULL, CG_CPU, "cpu.idle", "cpu.idle", 1, 1,         \
		"run only when the CPU is idle")                                                   \
	X(IO_WEIGHT, IO_WEIGHT, text, 0, "io-weight", "N", CG_IO, "blkio.bfq.weight|blkio.weight", \
		"io.bfq.weight|io.weight", 1, 10000, "1..10000, default 100")                      \
	X(READ_BPS, RATE, list, 0, "device-read-bps", "DEV:SIZE", CG_IO,                           \
		"blkio.throttle.read_bps_device", "rbps", 0, 0, "bytes a second")                  \
	X(WRITE_BPS, RATE, list, 0, "device-write-bps", "DEV:SIZE", CG_IO,                         \
		"blkio.throttle.write_bps_device", "wbps", 0, 0, "bytes a second")                 \
	X(READ_IOPS, RATE, list, 0, "device-read-iops", "DEV:N", CG_IO,                            \
		"blkio.throttle.read_iops_device", "riops", 0, 0, "requests a second")             \
	X(WRITE_IOPS, RATE, list, 0, "device-write-iops", "DEV:N", CG_IO,                          \
		"blkio.throttle.write_iops_device", "wiops", 0, 0, "requests a second")            \
	X(HUGETLB, HUGETLB, list, 0, "hugetlb", "PAGE=SIZE", CG_HUGETLB,                           \
		"hugetlb.%s.limit_in_bytes", "hugetlb.%s.max", 0, 0, "huge pages: 2MB=64M")        \
	X(NET_CLASSID, CLASSID, text, 0, "net-classid", "N", CG_NET_CLS, "net_cls.classid", NULL,  \
		0, UINT32_MAX, "class of traffic")                                                 \
	X(NET_PRIO, IFPRIO, list, 0, "net-prio", "IF=N", CG_NET_PRIO, "net_prio.ifpriomap", NULL,  \
		0, 0, "priority on an interface")                                                  \
	X(RAW, RAW, list, 'o', "option", "FILE=VALUE", CG_NONE, "", "", 0, 0, "write any file")

/* How a value is read (cglimit.c) and written (cgset.c). */
enum cg_kind {
	CGK_SIZE,
	CGK_SWAP,
	CGK_TOTAL,
	CGK_NUMBER,
	CGK_WEIGHT,
	CGK_SHARES,
	CGK_IO_WEIGHT,
	CGK_COUNT,
	CGK_QUOTA,
	CGK_FLAG,
	CGK_CPUS,
	CGK_LIST,
	CGK_RATE,
	CGK_HUGETLB,
	CGK_CLASSID,
	CGK_IFPRIO,
	CGK_RAW,
};

enum cg_limit {
#define X(id, ...) CGL_##id,
	CG_LIMITS(X)
#undef X
		CG_LIMIT_COUNT
};

struct cg_row {
	const char *option;
	unsigned char kind, controller;
	const char *v1, *v2;
	uint64_t min, max;
};

extern const struct cg_row cg_rows[CG_LIMIT_COUNT];

/* One limit as it was asked for.  text is the user's own word and must live as long as this. */
struct cg_setting {
	enum cg_limit limit;
	enum cg_controller controller;
	uint64_t value;        /* CG_UNLIMITED: no limit */
	const char *text;      /* LIST, RAW, HUGETLB, IFPRIO; the user's spelling otherwise */
	unsigned major, minor; /* RATE: the whole disk */
	unsigned partition;    /* RATE: the partition that was named, 0 none */
	bool implied;          /* the swap limit that -m brings: missing files are no error */
};

#define CG_SETTINGS 64

struct cg_limits {
	unsigned count;
	struct cg_setting setting[CG_SETTINGS];
};

/* Reads one value of a limit and adds it.  Nothing is made or changed.
 *   errors  -EINVAL -ERANGE  not a value of this limit     -ENOSPC  too many
 *           -ENODEV -ENOENT  RATE: no such block device
 *           *why             more about it, or NULL */
int cg_limit_add(struct cg_limits *limits, enum cg_limit limit, const char *text, const char **why);

struct cg_setting *cg_limit_find(struct cg_limits *limits, enum cg_limit limit);

/* What only the whole can tell: --memory-swap needs -m, -m brings a swap limit, --cpus and
 * --cpu-quota exclude each other.  Sorts by the order of the writes.
 *   errors  -EINVAL, *why says which */
int cg_limits_settle(struct cg_limits *limits, const char **why);

/* The controllers (bits) that the limits need. */
unsigned cg_limits_need(const struct cg_limits *limits);

/* Drops the limits of these controllers (-i). */
void cg_limits_drop(struct cg_limits *limits, unsigned controllers);

/* The first limit that this version does not have, or NULL. */
const struct cg_setting *cg_limits_refused(const struct cg_limits *limits, struct cgroup *cg);

struct cg_set {
	bool existing; /* the group has limits already, and perhaps processes */
	bool force;    /* v2: also a memory limit below what is used */
};

/* Writes the limits into the group and reads each back.
 *   returns 1 when only the swap limit that -m brings has no file: swap is not counted
 *   errors  -errno of the write; cg->fault names file, value and hierarchy
 *           -EUCLEAN  the kernel keeps or uses another value: cg->fault.got
 *           -EBUSY    memory is below what is used, on v2: cg->fault.got */
int cg_limits_write(struct cgroup *cg, const struct cg_limits *limits, const struct cg_set *how);

/* The file of a limit that is no longer there, or NULL.  Valid until the next call. */
const char *cg_limits_gone(struct cgroup *cg, const struct cg_limits *limits);

#endif
