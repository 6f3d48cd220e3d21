// SPDX-License-Identifier: MIT
/* boot.c - what a machine needs before its first command: file systems and a console.
 *
 * The kernel gives PID 1 HOME, TERM and its own unknown words, /dev/console as 0 to 2 where that
 * exists, no session and no group.  A step that fails is told and the next one taken: whatever
 * comes up is better than a panic. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fs.h"
#include "fmt.h"
#include "init.h"
#include "parse.h"

#define RC             "/etc/rc"
#define RUN_WORD       "husk.run="
#define PIPELINE_WORDS 5 /* before ROOTFS */
#define WORDS_MAX      64
#define LINE_MAX       4096 /* the kernel takes no more */
#define SAFE           (MS_NOSUID | MS_NODEV | MS_NOEXEC)
#define DEFAULT_PATH   "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const struct boot_mount {
	const char *type, *point;
	unsigned long flags;
	const char *data;
} boot_mounts[] = {
	{ "proc", "/proc", SAFE, NULL },
	{ "sysfs", "/sys", SAFE, NULL },
	{ "devtmpfs", "/dev", MS_NOSUID, "mode=755" },
	{ "devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=620,ptmxmode=666" },
	{ "tmpfs", "/dev/shm", SAFE, "mode=1777" },
	{ "tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=755" },
	{ "tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777" },
	{ "cgroup2", "/sys/fs/cgroup", SAFE, "nsdelegate,memory_recursiveprot" },
};

static bool is_mount_point(const char *path)
{
	struct stat here, above;
	char parent[64];

	fmt_buf(parent, sizeof(parent), "%s/..", path);
	return !stat(path, &here) && !stat(parent, &above) &&
		(here.st_dev != above.st_dev || here.st_ino == above.st_ino);
}

static void mount_one(const struct boot_mount *m)
{
	int r;

	/* What somebody before us mounted there stays; devtmpfs twice would be no harm, a second
	 * /run or /tmp would hide what is in use. */
	if (is_mount_point(m->point))
		return;
	if (mkdir(m->point, 0755) < 0 && errno != EEXIST)
		warn(-errno, "mkdir %s", m->point);
	r = mount(m->type, m->point, m->type, m->flags, m->data);
	/* memory_recursiveprot is of Linux 5.7. */
	if (r < 0 && errno == EINVAL)
		r = mount(m->type, m->point, m->type, m->flags, NULL);
	if (r < 0 && errno != EBUSY)
		warn(-errno, "mount -t %s %s", m->type, m->point);
}

int boot_console(void)
{
	char active[256], path[300] = "/dev/console", *rest = active, *name;
	ssize_t size = fs_read(AT_FDCWD, "/sys/class/tty/console/active", active, sizeof(active));
	int fd, above;

	/* The last one is what /dev/console leads to; by its own name it can be a controlling
	 * terminal. */
	while (size > 0 && (name = parse_field(&rest, " \n")))
		if (*name)
			fmt_buf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		fd = open("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* The second command starts when 0 and 1 are closed: it must not get one of these, which
	 * dup2(2) would leave as it is, to be closed by the exec. */
	above = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (above < 0)
		above = -errno;
	close(fd);
	return above;
}

/* Messages go where the kernel's go, if nobody gave us a better place. */
static void open_console(void)
{
	int fd;

	if ((fcntl(STDERR_FILENO, F_GETFL) & O_ACCMODE) != O_RDONLY)
		return;
	fd = open("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return;
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* The value of husk.run= in the kernel's command line, cut out of it: up to the closing quote where
 * the value or the whole word is quoted. */
static char *find_run(char *line)
{
	char *word = line, *end;

	while ((word = strstr(word, RUN_WORD))) {
		bool start = word == line || word[-1] == ' ' || word[-1] == '"';
		bool quoted = word > line && word[-1] == '"';

		word += strlen(RUN_WORD);
		if (!start)
			continue;
		quoted |= *word == '"';
		word += *word == '"';
		end = word + strcspn(word, quoted ? "\"\n" : " \n");
		*end = '\0';
		return word;
	}
	return NULL;
}

/* ROOTFS COMMAND [ARG...] of the kernel's command line, as the pipeline that makes a container of
 * it.  Static: it lives as long as the machine, and costs nothing where it is not used. */
static char **plan_container(void)
{
	static char line[LINE_MAX];
	static char *argv[WORDS_MAX] = { "", "/proc/self/exe", "unshare", "-pnmu", "pivot" };
	size_t count = PIPELINE_WORDS;
	char *rest, *word;

	if (fs_read(AT_FDCWD, "/proc/cmdline", line, sizeof(line)) < 0 || !(rest = find_run(line)))
		return NULL;
	while ((word = parse_field(&rest, " \t")) && count < WORDS_MAX - 2) {
		if (!*word)
			continue;
		argv[count++] = word;
		if (count == PIPELINE_WORDS + 1)
			argv[count++] = "cinit";
	}
	if (count < PIPELINE_WORDS + 3) {
		warn(0, RUN_WORD "ROOTFS COMMAND: one of them is missing");
		return NULL;
	}
	return argv + 1;
}

static char **default_command(void)
{
	static char *words[] = { "", NULL, NULL };

	words[1] = access(RC, X_OK) ? "/bin/sh" : RC;
	return words + 1;
}

void boot(struct init *in)
{
	size_t count = sizeof(boot_mounts) / sizeof(*boot_mounts);

	/* The kernel refuses this in every PID namespace but its first. */
	in->machine.real = !reboot(RB_DISABLE_CAD);
	mount_one(&boot_mounts[0]);
	/* In a container these are its maker's affair. */
	for (size_t i = 1; i < count && in->machine.real; i++)
		mount_one(&boot_mounts[i]);
	open_console();
	setenv("PATH", DEFAULT_PATH, 0);
	if (!in->command && in->machine.real)
		in->command = plan_container();
	if (!in->command)
		in->command = default_command();
	in->placement = OWN_SESSION;
}
