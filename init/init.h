/* SPDX-License-Identifier: MIT */
/* init.h - what the parts of cinit share.
 *
 * One struct on the stack of cinit_run and no static data: the PID 1 of a thousand containers is
 * paid for by the page.  Everything that can fail is done before the spawn; from then on nothing
 * allocates or exits, and nothing waits but the loop. */
#ifndef INIT_H
#define INIT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/types.h>

#include "applet.h"

#define OWN_ERROR 125
#define SIGNALS   65 /* 1..64 */
#define TOLD_MAX  64

/* The functions of the loop stand together and beside libc's: of the binary, PID 1 maps 64 KiB. */
#define LOOP __attribute__((hot))

#define SIGNAL_BIT(sig) (UINT64_C(1) << ((sig)-1))

/* As typed. */
struct init_args {
	bool group, single, session, subreaper, warn_reaped, license, version, pause;
	bool no_new_privs, notify, system;
	unsigned verbose;
	const char *pdeath, *grace, *stop_timeout, *report, *reap, *on_exit;
	const char *user, *oom, *umask, *chdir;
	struct opt_list exit_codes, rewrites, environment, limits, keep_caps, drop_caps;
};

/* What differs under the name of a peer. */
struct persona {
	const char *name;
	const char *version;   /* what --version says */
	int own_error;         /* status of our own failures */
	int not_started;       /* status when the command cannot start; 0: 126 or 127 */
	const char *exec_line; /* the message then, with NAME and reason; NULL: ours */
	bool subreaper;        /* without being asked */
	bool session;          /* the child gets a session of its own, its group is signalled */
	bool suspends;         /* TSTP, TTIN and TTOU stop us too, whoever sent them */
	bool term_group;       /* TERM to the child's group when the child ends */
	unsigned silent;       /* levels of -v without messages of the steps */
	bool peer;             /* variables stay for a nested one; what the child leaves stays */
};

enum target { TO_MAIN, TO_GROUP, TO_ALL };

struct route {
	uint8_t signal; /* 0: dropped */
	uint8_t target; /* enum target */
};

enum placement {
	SHARED_GROUP, /* the child stays in our process group: the terminal signals it itself */
	OWN_GROUP,
	OWN_SESSION,
};

struct terminal {
	int fd;           /* the controlling terminal, or -1 */
	bool leader;      /* we lead its session */
	bool hand_over;   /* we are its foreground group, the child is to be */
	pid_t foreground; /* the group to give it back to, 0: none, or none that we can name */
};

/* Set by the child between clone and exec, when it runs in our memory. */
struct spawn_error {
	int error;        /* negative errno, 0: the command runs */
	const char *what; /* the step that failed, NULL: the exec itself */
	uint64_t stops;   /* signals that would have stopped it before its exec, a bit each */
};

struct report {
	int fd;     /* where it goes, -1: none */
	int oom_fd; /* counters of our cgroup, or -1 */
	uint64_t oom_kills, start;
};

enum on_exit { EXIT_POWEROFF, EXIT_REBOOT, EXIT_HALT, EXIT_RESPAWN, EXIT_SHELL };

/* The machine's first process. */
struct machine {
	bool real; /* not a container that is to behave like one */
	enum on_exit on_exit;
	unsigned reboot;  /* what to ask of reboot(2) at the end, 0: not yet */
	uint64_t started; /* ms */
	uint64_t delay;   /* ms before the next start */
};

struct init {
	const struct applet *applet;
	const struct persona *as;
	struct init_args args;
	char **command; /* NULL: none, -P.  The word before it is ours to overwrite */
	const sigset_t *mask;
	struct sigaction caller_chld;

	pid_t self;
	bool first;  /* PID 1 of its namespace */
	bool system; /* of a machine */
	bool kernel_reaps;
	int pdeath;
	enum placement placement;
	struct terminal tty;
	struct route routes[SIGNALS];
	uint8_t exit_codes[256];
	uint64_t grace, stop_timeout; /* ms */
	uint64_t own_signals;         /* which we raise ourselves and do not pass on, a bit each */
	struct report report;
	struct machine machine;

	pid_t main; /* 0: none, or already reaped */
	pid_t last_main;
	uint64_t early; /* pending before main was there: the terminal did not send it these */
	int pidfd;      /* of main where the kernel reaps, else -1 */
	struct spawn_error failed;
	int status; /* of main, as wait(2) */
	struct rusage usage;
	bool main_ended, killing, childless, eperm_told;
	uint64_t deadline; /* ms of CLOCK_MONOTONIC, 0: none */
	unsigned reaped, left, killed;
	const char *reason;
	pid_t told[TOLD_MAX]; /* children that had their TERM, where we are not PID 1 */
};

extern const struct opt cinit_opts[];

/* args.c: reads the command line and the environment; ends with a message where they are wrong. */
void init_read_args(struct init *in, char **argv);

/* spawn.c: starts in->command and waits until it executes.  Returns 0, or a status after a
 * message. */
int init_spawn(struct init *in);

/* tty.c: decides where the child stands, and who has the terminal. */
void tty_choose(struct init *in);
/* Gives the terminal back to who had it. */
void tty_restore(const struct init *in);
/* In the child: enters its group or session.  Returns NULL or the step that failed, with errno. */
const char *tty_enter(const struct init *in);
/* The child was stopped: continues it, or stops with it where somebody can continue us. */
void tty_child_stopped(const struct init *in, int sig);

/* forward.c: passes a signal on, or acts on it. */
LOOP void forward_signal(struct init *in, const struct signalfd_siginfo *si);

/* reap.c: waits for all that has ended. */
LOOP void reap(struct init *in);
/* Lets the kernel reap from now on, where it can tell how main ended all the same. */
void reap_by_kernel(struct init *in);
/* Main's pidfd says that main is gone. */
void reap_main(struct init *in);

/* drain.c: ends what main left.  Returns true when that is done. */
bool drain(struct init *in);
/* Sends a signal to every process but us; where we are not PID 1, to our children. */
void signal_all(struct init *in, int sig);
/* The child is gone: its number may come again. */
void drain_forget(struct init *in, pid_t pid);

/* loop.c: forwards and reaps until the end.  Returns the exit status. */
int init_loop(struct init *in);
uint64_t init_now(void);

/* report.c */
void report_open(struct init *in);
void report_write(const struct init *in, int code);

/* boot.c: file systems, console, command of a machine. */
void boot(struct init *in);
/* Opens the console for the next child. */
int boot_console(void);

/* machine.c: starts the command on the console.  What fails is told, and tried again later where
 * that is wanted. */
void machine_start(struct init *in);
/* A signal to the first process of a machine. */
void machine_signal(struct init *in, int sig);
/* Looks after the command; true when everything is to end. */
bool machine_is_over(struct init *in);

/* shutdown.c: the orderly end of a machine. */
__attribute__((noreturn)) void machine_shutdown(const struct init *in);

#endif
