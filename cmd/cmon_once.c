// SPDX-License-Identifier: MIT
/* cmon_once.c - one life of the container: started, watched, drained.
 *
 * The child goes on as the pipeline with nothing of the monitor but fd 3, the socket of ready(1);
 * it dies with the monitor (PR_SET_PDEATHSIG).  One poll(2) loop follows, over the signals, that
 * socket, the pipes or the terminal.  The loop ends when the child is reaped; by then everything
 * that wrote into the pipes is gone, so what they hold is read without waiting. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "cmon.h"
#include "err.h"
#include "fs.h"
#include "procstat.h"
#include "sig.h"
#include "sys.h"

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void become(int from, int to)
{
	if (from == to)
		fcntl(to, F_SETFD, 0);
	else if (dup2(from, to) < 0)
		die(-errno, "dup2");
}

/* In the child: only what the pipeline may have. */
static void enter_pipeline(
	const struct monitor *m, pid_t monitor, int socket, int in, int out, int err, int usage)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != monitor)
		_exit(125);
	if (in >= 0) {
		become(in, STDIN_FILENO);
	} else if (!m->interactive || m->tty) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		if (null < 0)
			die(-errno, "/dev/null");
		become(null, STDIN_FILENO);
	}
	if (out >= 0) {
		become(out, STDOUT_FILENO);
		become(err, STDERR_FILENO);
	}
	become(socket, CMON_READY_FD);
	/* Both until it executes a program or dies: a monitor that is killed may die before. */
	if ((m->lock >= 0 && m->lock != CMON_LOCK_FD &&
		    dup3(m->lock, CMON_LOCK_FD, O_CLOEXEC) < 0) ||
		(usage >= 0 && dup3(usage, CMON_USAGE_FD, O_CLOEXEC) < 0))
		die(-errno, "dup3");
	fs_close_range(usage < 0 ? CMON_LOCK_FD : CMON_USAGE_FD + 1, ~0u);
}

static void open_pipes(const struct monitor *m, int in[2], int out[2], int err[2])
{
	if (m->detach && m->interactive && !m->tty) {
		if (pipe2(in, O_CLOEXEC) < 0)
			die(-errno, "pipe");
		fcntl(in[1], F_SETFL, O_NONBLOCK);
	}
	if (!m->has_log && !m->detach)
		return;
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
		die(-errno, "pipe");
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
}

/* Returns true in the child. */
static bool start(struct monitor *m)
{
	int pair[2], in[2] = { -1, -1 }, out[2] = { -1, -1 }, err[2] = { -1, -1 };
	int usage[2] = { -1, -1 }, on = 1;
	pid_t monitor = getpid();

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ||
		setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		die(-errno, "socketpair");
	if (m->run_fd >= 0 && pipe2(usage, O_CLOEXEC) < 0)
		die(-errno, "pipe");
	open_pipes(m, in, out, err);
	m->child = fork();
	if (m->child < 0)
		die(-errno, "fork");
	if (!m->child) {
		enter_pipeline(m, monitor, pair[1], in[0], out[1], err[1], usage[1]);
		return true;
	}
	close(pair[1]);
	close_fd(&in[0]);
	close_fd(&out[1]);
	close_fd(&err[1]);
	close_fd(&usage[1]);
	m->socket = pair[0];
	m->in = in[1];
	m->out = out[0];
	m->err = err[0];
	m->usage = usage[0];
	m->started = m->master = m->pidfd = -1;
	m->pid = 0;
	m->stage = SETTING_UP;
	m->start_failed = false;
	return false;
}

/* ---- data */

/* Of a detached container the caller sees what goes wrong until it has started. */
static int deliver(struct monitor *m, const char *stream, int to, const char *data, size_t size)
{
	if (m->has_log)
		crilog_add(&m->log, stream, data, size);
	if (m->stage >= RELEASED)
		cmon_show(m, to == STDERR_FILENO ? '2' : '1', data, size);
	if (!m->detach)
		return fs_write_all(to, data, size);
	if (m->launcher >= 0 && m->stage < RELEASED)
		fs_write_all(STDERR_FILENO, data, size);
	return 0;
}

/* To a pipe that is not full no more than PIPE_BUF are written without waiting.  Where nobody reads
 * any more, nobody does from the container: its next write ends it, as without a monitor. */
static void pump(struct monitor *m, int *fd, const char *stream, int to)
{
	char buf[16384];
	ssize_t n = read(*fd, buf, m->detach ? sizeof(buf) : PIPE_BUF);

	if (n > 0 ? deliver(m, stream, to, buf, (size_t)n) == -EPIPE
		  : !n || (errno != EAGAIN && errno != EINTR))
		close_fd(fd);
}

/* Would a write to the caller not wait? */
static bool takes(const struct monitor *m, int to)
{
	struct pollfd fd = { .fd = to, .events = POLLOUT };

	return m->detach || poll(&fd, 1, 0);
}

/* ---- signals */

static void forward(const struct monitor *m, const struct signalfd_siginfo *info)
{
	int number = (int)info->ssi_signo;

	/* The terminal has told the whole foreground group, the container's init too. */
	if (info->ssi_code == SI_KERNEL && !m->tty && number != SIGHUP)
		return;
	if (m->pidfd >= 0)
		sys_pidfd_send_signal(m->pidfd, number, NULL, 0);
	else if (m->child)
		kill(m->child, number);
}

/* Returns true when the child has ended. */
static bool take_signal(struct monitor *m, int *status)
{
	struct signalfd_siginfo info;

	if (read(m->signals, &info, sizeof(info)) != sizeof(info))
		return false;
	switch (info.ssi_signo) {
	case SIGCHLD:
		return waitpid(m->child, status, WNOHANG) == m->child;
	case SIGWINCH:
		cmon_tty_resize(m->master);
		return false;
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
	case SIGHUP:
		/* Whoever stops the monitor of a container wants no new one. */
		m->stop_wanted = true;
		forward(m, &info);
		return false;
	case SIGUSR1:
	case SIGUSR2:
	case SIGCONT:
		forward(m, &info);
		return false;
	default:
		return false;
	}
}

/* What is there by now, as far as the caller takes it. */
static void drain(struct monitor *m, int *fd, const char *stream, int to)
{
	struct pollfd more = { .fd = *fd, .events = POLLIN };

	while (*fd >= 0 && takes(m, to) && poll(&more, 1, 0) > 0)
		pump(m, fd, stream, to);
}

/* All that is left, also for a reader that is slow; but whoever wants the container gone does not
 * wait for one. */
static void finish(struct monitor *m, int *fd, const char *stream, int to)
{
	struct pollfd more = { .fd = *fd, .events = POLLIN };
	struct pollfd wait[] = { { to, POLLOUT, 0 }, { m->signals, POLLIN, 0 } };
	int status;

	for (drain(m, fd, stream, to); *fd >= 0 && poll(&more, 1, 0) > 0 && !cmon_stopping(m);
		drain(m, fd, stream, to))
		if (poll(wait, 2, -1) > 0 && wait[1].revents)
			take_signal(m, &status);
	close_fd(fd);
}

/* ---- ready(1) */

/* Reads its message: the process id in our PID namespace comes from the kernel. */
static bool receive(struct monitor *m)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(2 * sizeof(int))];
	} control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	int fds[2] = { -1, -1 };
	struct ucred credentials = { 0 };

	if (recvmsg(m->socket, &message, MSG_CMSG_CLOEXEC) <= 0)
		return false;
	/* CMSG_NXTHDR() of musl does not compile without a warning of its own. */
	for (size_t at = 0; at + CMSG_LEN(0) <= message.msg_controllen;) {
		const struct cmsghdr *c = (const void *)(control.bytes + at);

		if (c->cmsg_type == SCM_CREDENTIALS)
			memcpy(&credentials, CMSG_DATA(c), sizeof(credentials));
		else if (c->cmsg_type == SCM_RIGHTS)
			memcpy(fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
		at += CMSG_ALIGN(c->cmsg_len);
	}
	m->pid = credentials.pid;
	m->started = fds[0];
	m->master = fds[1];
	return m->pid > 0;
}

static void abandon(struct monitor *m)
{
	m->start_failed = true;
	kill(m->child, SIGKILL);
}

static void release(struct monitor *m)
{
	uint64_t begin = 0;

	if (!receive(m)) {
		close_fd(&m->socket);
		return;
	}
	m->pidfd = sys_pidfd_open(m->pid, 0);
	if (procstat_start(m->pid, &begin, NULL) < 0 ||
		cmon_record_number(m->run_fd, "start", begin) < 0 ||
		cmon_record_number(m->run_fd, "since", (uint64_t)time(NULL)) < 0 ||
		cmon_record_number(m->run_fd, "pid", (uint64_t)m->pid) < 0 ||
		cmon_hook(m, m->up, "up", m->pid)) {
		abandon(m);
		return;
	}
	if (m->master >= 0) {
		fcntl(m->master, F_SETFL, O_NONBLOCK);
		cmon_tty_resize(m->master);
	}
	/* From here on the terminal and the pipes are the container's. */
	drain(m, &m->err, "stderr", STDERR_FILENO);
	if (m->master >= 0 && !m->detach)
		cmon_tty_raw();
	if (send(m->socket, "g", 1, MSG_NOSIGNAL) == 1)
		m->stage = RELEASED;
	else
		abandon(m);
	close_fd(&m->socket);
}

/* The pipe hung up: the command was executed, or the container's init is on its way out, and then
 * the status will tell. */
static void note_start(struct monitor *m)
{
	char byte;
	bool told = read(m->started, &byte, 1) == 1;

	close_fd(&m->started);
	if (!told && procstat_ending(m->pid))
		return;
	m->stage = EXECUTED;
	cmon_launched(m, 0);
}

/* The pipeline has ended before it was known that the command was executed: was it? */
static void settle_start(struct monitor *m, int status)
{
	bool failed = WIFEXITED(status) && WEXITSTATUS(status) >= 125 && WEXITSTATUS(status) <= 127;

	if (m->stage == RELEASED)
		m->stage = failed ? NOT_EXECUTED : EXECUTED;
}

/* What to wait for: that there is something to read, or that the caller takes what there was. */
static struct pollfd from(const struct monitor *m, int fd, int to)
{
	if (fd < 0 || takes(m, to))
		return (struct pollfd){ fd, POLLIN, 0 };
	return (struct pollfd){ to, POLLOUT, 0 };
}

static void watch(struct monitor *m, int *status)
{
	enum { SIGNALS, SOCKET, STARTED, OUT, ERR, MASTER, IN, INPUT, COUNT };

	for (;;) {
		bool input = m->tty && !m->detach && m->interactive, typed = cmon_typed();
		bool behind = cmon_is_behind(m);
		/* Whom it is to be told is not known yet. */
		bool held = behind || (m->launcher >= 0 && m->stage == RELEASED);
		int to = m->master >= 0 ? m->master : m->in;
		struct pollfd fds[COUNT + CMON_CLIENTS + 1] = { { m->signals, POLLIN, 0 },
			{ m->socket, POLLIN, 0 }, { m->started, 0, 0 },
			from(m, behind ? -1 : m->out, STDOUT_FILENO),
			from(m, held ? -1 : m->err, STDERR_FILENO),
			from(m, held ? -1 : m->master, STDOUT_FILENO),
			{ typed ? m->in : -1, POLLOUT, 0 },
			{ input ? STDIN_FILENO : -1, cmon_pump_wants(m->master), 0 } };

		if (!fds[INPUT].events)
			fds[INPUT].fd = -1;
		if (typed && fds[MASTER].fd == m->master)
			fds[MASTER].events |= POLLOUT;
		cmon_poll_clients(m, fds + COUNT, behind, typed);
		if (poll(fds, COUNT + CMON_CLIENTS + 1, -1) < 0)
			continue;
		if (fds[SOCKET].revents)
			release(m);
		if (fds[OUT].revents & ~POLLOUT)
			pump(m, &m->out, "stdout", STDOUT_FILENO);
		if (fds[ERR].revents & ~POLLOUT)
			pump(m, &m->err, "stderr", STDERR_FILENO);
		if (fds[MASTER].revents & ~POLLOUT)
			pump(m, &m->master, "stdout", STDOUT_FILENO);
		cmon_serve(m, fds + COUNT);
		if (to >= 0 && (fds[INPUT].revents || cmon_typed()))
			cmon_pump_in(to, fds[INPUT].revents);
		if (fds[STARTED].revents)
			note_start(m);
		if (fds[SIGNALS].revents && take_signal(m, status))
			return;
	}
}

int cmon_once(struct monitor *m)
{
	int status = 0;

	cmon_type("", 0);
	if (start(m))
		return -1;
	watch(m, &status);
	m->child = 0;
	settle_start(m, status);
	finish(m, &m->out, "stdout", STDOUT_FILENO);
	finish(m, &m->err, "stderr", STDERR_FILENO);
	finish(m, &m->master, "stdout", STDOUT_FILENO);
	cmon_tty_cooked();
	cmon_record_usage(m);
	close_fd(&m->in);
	close_fd(&m->socket);
	close_fd(&m->started);
	close_fd(&m->pidfd);
	return status;
}
