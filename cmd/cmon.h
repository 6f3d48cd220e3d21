/* SPDX-License-Identifier: MIT */
/* cmon.h - the monitor of one container. */
#ifndef CMON_H
#define CMON_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "crilog.h"

/* Where ready(1) finds its socket. */
#define CMON_READY_FD 3
/* Where the pipeline holds DIR/lock, too, as far as it is this process. */
#define CMON_LOCK_FD 4

enum restart_policy {
	RESTART_NO,
	RESTART_ON_FAILURE,
	RESTART_ALWAYS,
};

/* How far the start of the container has come, and so whose output it is that comes. */
enum stage {
	SETTING_UP,   /* the pipeline's */
	NOT_EXECUTED, /* the pipeline's, which said why */
	RELEASED,     /* that of either: the command is about to be executed */
	EXECUTED,     /* the command's */
};

struct monitor {
	bool detach, interactive, tty;
	const char *run_dir, *exit_dir, *up, *down; /* NULL: none */
	int run_fd, exit_fd;                        /* -1: nothing is recorded */
	bool has_log;
	struct crilog log;
	enum restart_policy restart;
	unsigned restart_max; /* 0: no limit */

	int lock;     /* -1: there is none */
	int signals;  /* signalfd of all */
	int launcher; /* cmon -d: the start's status goes here once; -1 then and without -d */

	/* Of the container that runs now: */
	pid_t child;  /* the pipeline, outside */
	int socket;   /* of ready(1) */
	int started;  /* hangs up when the command was executed */
	int out, err; /* pipes from it */
	int master;   /* of its terminal */
	int pidfd;    /* of its PID 1; -1 before it is ready */
	pid_t pid;
	enum stage stage;
	bool stop_wanted;
	bool start_failed; /* by the monitor itself: the status is its own then */
};

/* Runs the pipeline once and stays with it to its end.
 *   returns  in the monitor the status as waitpid(2) gives it, and m->stage is not RELEASED then;
 *            in the child, which is to go on as the pipeline, -1 */
int cmon_once(struct monitor *m);

/* cmon -d: tells the process that waits outside how the start went; what comes later is no
 * longer its business. */
void cmon_launched(struct monitor *m, int status);

/* Writes DIR/NAME whole; dirfd -1 does nothing. */
void cmon_record(int dirfd, const char *name, const char *value);
void cmon_record_number(int dirfd, const char *name, uint64_t value);

/* Runs a hook and waits for it: 0 or its status.  None (NULL) is 0. */
int cmon_hook(const struct monitor *m, const char *file, const char *event, long number);

/* The user's terminal: raw while the container has it.  cooked() may be called at any time. */
void cmon_tty_raw(void);
void cmon_tty_cooked(void);
void cmon_tty_resize(int master);

/* Copies between the user's terminal and the container's; each returns false at an end. */
bool cmon_pump_in(int master, int events);
short cmon_pump_wants(int master);

#endif
