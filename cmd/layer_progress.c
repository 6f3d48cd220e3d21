// SPDX-License-Identifier: MIT
/* layer_progress.c - a line on the terminal that says how far it is, and is gone when all is done.
 *
 *	sha256:ab12cd34ef56 431 MiB/1.1 GiB 38% 97 MiB/s eta 7s
 *
 * Only on a terminal that can wipe a line, and not where NO_COLOR says that a terminal is to get
 * plain text.  What ends within a tenth of a second shows nothing. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "layer.h"

#define INTERVAL_MS 100
#define SIZE_TEXT   24

static struct {
	bool on, drawn;
	const char *label;
	uint64_t total; /* bytes; 0: not known */
	uint64_t began, last;
} progress;

void progress_start(const char *label, uint64_t total)
{
	const char *plain = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!label || (plain && *plain) || (term && !strcmp(term, "dumb")) ||
		!isatty(STDERR_FILENO))
		return;
	progress.on = true;
	progress.label = label;
	progress.total = total;
	progress.began = progress.last = clock_ms();
	err_over_line(true);
}

void progress_source(int fd)
{
	struct stat st;

	if (progress.on && !progress.total && !fstat(fd, &st) && S_ISREG(st.st_mode))
		progress.total = (uint64_t)st.st_size;
}

void progress_off(void)
{
	progress.on = false;
}

/* Three digits or so: 9.7 MiB, 97 MiB. */
static const char *size_text(char text[SIZE_TEXT], uint64_t bytes)
{
	static const char units[][4] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	for (; bytes >= 10240 && unit < 3; unit++)
		bytes /= 1024;
	if (bytes >= 1024)
		fmt_buf(text, SIZE_TEXT, "%u.%u %s", (unsigned)(bytes / 1024),
			(unsigned)(bytes % 1024 * 10 / 1024), units[unit + 1]);
	else
		fmt_buf(text, SIZE_TEXT, "%u %s", (unsigned)bytes, units[unit]);
	return text;
}

static size_t columns(void)
{
	struct winsize size;

	return !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col > 1 ? size.ws_col - 1u : 79;
}

static void draw(uint64_t done, uint64_t elapsed)
{
	char line[160], number[SIZE_TEXT];
	uint64_t rate = done * 1000 / elapsed, left;
	int n = fmt_buf(line, sizeof(line), "%.60s %s", progress.label, size_text(number, done));

	if (progress.total)
		n += fmt_buf(line + n, sizeof(line) - (size_t)n, "/%s %u%%",
			size_text(number, progress.total),
			(unsigned)(done < progress.total ? done * 100 / progress.total : 100));
	n += fmt_buf(line + n, sizeof(line) - (size_t)n, " %s/s", size_text(number, rate));
	if (progress.total > done && rate) {
		left = (progress.total - done) / rate + 1;
		fmt_buf(line + n, sizeof(line) - (size_t)n, left < 60 ? " eta %us" : " eta %um",
			(unsigned)(left < 60 ? left : left / 60 + 1));
	}
	fmt_fd(STDERR_FILENO, "\r%.*s\033[K", (int)columns(), line);
	progress.drawn = true;
}

void progress_at(uint64_t done)
{
	uint64_t now;

	if (!progress.on)
		return;
	now = clock_ms();
	if (now - progress.last < INTERVAL_MS)
		return;
	progress.last = now;
	draw(done, now - progress.began);
}

void progress_end(void)
{
	if (progress.drawn)
		fs_write_all(STDERR_FILENO, "\r\033[K", 4);
	progress.on = progress.drawn = false;
}
