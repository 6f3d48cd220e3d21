/* SPDX-License-Identifier: MIT */
/* cmon.h - the monitor of one container. */
#ifndef CMON_H
#define CMON_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

#include "crilog.h"

/* Where ready(1) finds its socket. */
#define CMON_READY_FD 3
/* Where the pipeline holds DIR/lock, too, as far as it is this process. */
#define CMON_LOCK_FD 4
/* And there the pipe for what the group has used: cgexec --stats=fd:5. */
#define CMON_USAGE_FD 5

#define CMON_CLIENTS 4    /* that may be attached at a time */
#define CMON_INPUT   1024 /* bytes of input in a packet */

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

	int lock;                           /* -1: there is none */
	int signals;                        /* signalfd of all */
	int listener, client[CMON_CLIENTS]; /* cmon -d: who attaches; -1: nobody */
	int launcher; /* cmon -d: the start's status goes here once; -1 then and without -d */

	/* Of the container that runs now: */
	pid_t child;  /* the pipeline, outside */
	int socket;   /* of ready(1) */
	int started;  /* hangs up when the command was executed */
	int out, err; /* pipes from it */
	int in;       /* cmon -di: a pipe to it */
	int usage;    /* a pipe from cgexec's watcher; -1 without run_dir */
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

/* Was the container told to end for good, by a signal to the monitor or by `husk stop`? */
bool cmon_stopping(const struct monitor *m);

/* Writes DIR/NAME whole, or says why not and returns -errno; dirfd -1 does nothing. */
int cmon_record(int dirfd, const char *name, const char *value);
int cmon_record_number(int dirfd, const char *name, uint64_t value);

/* When the container has ended: writes what the watcher of its group tells then.  The pipe ends
 * with the watcher, when it has removed the group. */
void cmon_record_usage(struct monitor *m);

/* Runs a hook and waits for it: 0 or its status.  None (NULL) is 0. */
int cmon_hook(const struct monitor *m, const char *file, const char *event, long number);

/* cmon_attach.c: the socket DIR/attach of a detached container, and who is connected.
 *   behind   somebody does not read, so no output is to be taken
 *   full     the container does not read, so no input is
 *   fds      CMON_CLIENTS + 1 of them */
void cmon_listen(struct monitor *m);
void cmon_show(struct monitor *m, char what, const void *data, size_t size);
bool cmon_is_behind(const struct monitor *m);
void cmon_poll_clients(const struct monitor *m, struct pollfd *fds, bool behind, bool full);
void cmon_serve(struct monitor *m, const struct pollfd *fds);
void cmon_end_clients(struct monitor *m, int status);
/* A socket and the address of DIR/attach: its descriptor or -errno. */
int cmon_socket(int dirfd, struct sockaddr_un *address);

/* cmon_client.c: attaches to the container whose state is there.  Returns its status, or 0 when the
 * user left. */
int cmon_attach(const char *directory, bool interactive, bool tty);

/* The user's terminal: raw while the container has it.  cooked() may be called at any time. */
void cmon_tty_raw(void);
void cmon_tty_cooked(void);
void cmon_tty_resize(int master);

/* Copies from the user's terminal to the container's. */
void cmon_pump_in(int master, int events);
short cmon_pump_wants(int master);

/* Input of those who are attached, at most CMON_INPUT bytes when nothing waits; cmon_pump_in(TO, 0)
 * passes it on. */
void cmon_type(const char *data, size_t size);
bool cmon_typed(void);

#endif
