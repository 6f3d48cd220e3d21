// SPDX-License-Identifier: MIT
/* tty.c - the terminal: where the child stands, who is in the foreground, and who stops whom.
 *
 * Where we lead the terminal's session (docker run -it) nobody else cares for it: the child gets a
 * process group of its own and the foreground.  Where somebody else leads it (a shell that typed
 * us, a script) the child stays in the caller's group and the foreground is never touched: the
 * terminal then signals both of us, and what it sent us is not passed on. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "init.h"

static int open_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd > STDERR_FILENO)
		return fd;
	if (fd >= 0) {
		int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

		close(fd);
		return moved;
	}
	/* ENXIO: there is none.  Anything else: this root has no such file. */
	if (errno == ENXIO)
		return fd;
	for (int std = STDIN_FILENO; std <= STDERR_FILENO; std++)
		if (tcgetpgrp(std) >= 0)
			return fcntl(std, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return -1;
}

/* tcgetpgrp() == getpgrp() would not do: in a PID namespace both are 0 where the group stands
 * outside.  With SIGTTIN blocked a read in the background is EIO, and one of no bytes has no
 * other effect. */
static bool in_foreground(const struct terminal *tty)
{
	char none;

	if (tty->leader)
		return tcgetpgrp(tty->fd) == getpgrp();
	return (fcntl(tty->fd, F_GETFL) & O_NONBLOCK) &&
		!(read(tty->fd, &none, 0) < 0 && errno == EIO);
}

static enum placement choose_placement(const struct init *in)
{
	if (in->args.session)
		return OWN_SESSION;
	if (in->args.group)
		return OWN_GROUP;
	if (in->args.single)
		return SHARED_GROUP;
	return in->tty.fd < 0 || in->tty.leader ? OWN_GROUP : SHARED_GROUP;
}

void tty_choose(struct init *in)
{
	struct terminal *tty = &in->tty;

	tty->fd = open_terminal();
	tty->leader = tty->fd >= 0 && getsid(0) == in->self;
	in->placement = choose_placement(in);
	if (tty->fd < 0)
		return;
	if (in->placement == SHARED_GROUP) {
		close(tty->fd);
		tty->fd = -1;
		return;
	}
	tty->hand_over = in_foreground(tty);
	tty->foreground = tty->hand_over ? tcgetpgrp(tty->fd) : 0;
	/* A session that wants the terminal needs one that no other session has; giving it up
	 * sends its foreground group, us, a HUP and a CONT that are not meant for the child. */
	if (in->placement == OWN_SESSION && tty->leader && !ioctl(tty->fd, TIOCNOTTY))
		in->own_signals |= SIGNAL_BIT(SIGHUP) | SIGNAL_BIT(SIGCONT);
}

const char *tty_enter(const struct init *in)
{
	if (in->placement == OWN_SESSION) {
		if (setsid() < 0)
			return "setsid";
		/* Refused while another session has the terminal: the child is without one.  The
		 * console of a machine is taken from whoever has it. */
		if (in->tty.fd >= 0)
			ioctl(in->tty.fd, TIOCSCTTY, in->system);
		for (int std = STDIN_FILENO; std <= STDERR_FILENO && in->system; std++)
			dup2(in->tty.fd, std);
	} else if (in->placement == OWN_GROUP) {
		if (setpgid(0, 0) < 0)
			return "setpgid";
		if (in->tty.hand_over)
			tcsetpgrp(in->tty.fd, getpid());
	}
	return NULL;
}

void tty_restore(const struct init *in)
{
	if (in->placement == OWN_GROUP && in->tty.foreground > 0)
		tcsetpgrp(in->tty.fd, in->tty.foreground);
}

void tty_child_stopped(const struct init *in, int sig)
{
	if (sig == SIGSTOP)
		return;
	if (!in->first && !in->tty.leader) {
		tty_restore(in);
		kill(in->self, SIGSTOP);
		/* Continued, in the foreground or not. */
		if (in_foreground(&in->tty))
			tcsetpgrp(in->tty.fd, in->main);
	}
	kill(-in->main, SIGCONT);
}
