// SPDX-License-Identifier: MIT
/* cmon_tty.c - the user's terminal while a container with one of its own has it.
 *
 * Raw, since the container's terminal does the echo, the editing and the signals; set back on
 * every way out.  What is typed waits here while the container does not read: its terminal is
 * never written when that could block, as its output must go on. */
#include "cmon.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved;
static bool is_raw;
static char typed[CMON_INPUT];
static size_t typed_size;
static bool input_ended;

void cmon_tty_raw(void)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &saved) < 0)
		return;
	raw = saved;
	cfmakeraw(&raw);
	is_raw = !tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void cmon_tty_cooked(void)
{
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	is_raw = false;
}

void cmon_tty_resize(int master)
{
	struct winsize size;

	if (master >= 0 && !ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
		ioctl(master, TIOCSWINSZ, &size);
}

/* What to poll stdin for, and what beside input the master for. */
short cmon_pump_wants(int master)
{
	return master < 0 || input_ended || typed_size == sizeof(typed) ? 0 : POLLIN;
}

void cmon_type(const char *data, size_t size)
{
	memcpy(typed, data, size);
	typed_size = size;
}

bool cmon_typed(void)
{
	return typed_size > 0;
}

void cmon_pump_in(int master, int events)
{
	ssize_t n = 0;

	if (events && typed_size < sizeof(typed)) {
		n = read(STDIN_FILENO, typed + typed_size, sizeof(typed) - typed_size);
		if (n <= 0)
			input_ended = n == 0 || errno != EINTR;
		else
			typed_size += (size_t)n;
	}
	if (!typed_size)
		return;
	n = write(master, typed, typed_size);
	if (n > 0) {
		typed_size -= (size_t)n;
		memmove(typed, typed + n, typed_size);
	} else if (n < 0 && errno == EPIPE) {
		typed_size = 0; /* it has closed its stdin */
	}
}
