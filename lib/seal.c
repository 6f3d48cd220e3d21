// SPDX-License-Identifier: MIT
/* seal.c - see seal.h.
 *
 *   1. A file that cannot be written: a detached clone of the mount of our own binary, read-only.
 *      It shares the page cache of the binary between all containers.  Else a sealed memfd.
 *   2. It becomes our executable: the kernel exchanges /proc/self/exe only for a process that maps
 *      nothing of the old one, so the same pages of the new file are mapped over text and
 *      constants, and the data, changed already, moves to anonymous memory.
 *   3. Where the kernel refuses, the file is executed, at the price of one more execve(2). */
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"
#include "sys.h"

#define VARIABLE "HUSK_CHAIN"
#define SEALS    (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* The path that /proc/self/exe names may by now be another file: compared by device and inode.  A
 * link of /proc itself cannot be cloned, it leads to a mount of the namespace we came from. */
static int open_clone(const struct stat *exe, struct seal *clone)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	ssize_t n = readlink("/proc/self/exe", clone->path, sizeof(clone->path) - 1);
	char path[32];
	struct stat st;
	int r;

	if (n < 0)
		return -errno;
	clone->path[n] = '\0';
	CLEANUP_FD int tree = sys_open_tree(
		AT_FDCWD, clone->path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0)
		return tree;
	if (fstat(tree, &st) < 0)
		return -errno;
	if (st.st_dev != exe->st_dev || st.st_ino != exe->st_ino)
		return -ESTALE;
	r = sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr));
	if (r < 0)
		return r;
	fmt_buf(path, sizeof(path), "/proc/self/fd/%d", tree);
	r = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (r < 0)
		return -errno;
	clone->mnt = take_fd(&tree);
	return r;
}

static int open_copy(int exe, const struct stat *st)
{
	CLEANUP_FD int copy = sys_memfd_create("husk", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	off_t size = st->st_size;

	/* EINVAL: a kernel before 6.3 does not know MFD_EXEC. */
	if (copy == -EINVAL)
		copy = sys_memfd_create("husk", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (copy < 0)
		return copy;
	while (size > 0) {
		ssize_t n = sendfile(copy, exe, NULL, (size_t)size);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		size -= n;
	}
	if (fchmod(copy, 0555) < 0 || fcntl(copy, F_ADD_SEALS, SEALS) < 0)
		return -errno;
	return take_fd(&copy);
}

static int open_sealed(struct seal *clone)
{
	CLEANUP_FD int exe = openat(AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st;
	int r;

	/* Without /proc: the name that execve(2) was given. */
	if (exe < 0)
		exe = open((const char *)getauxval(AT_EXECFN), O_RDONLY | O_CLOEXEC);
	if (exe < 0 || fstat(exe, &st) < 0)
		return -errno;
	r = open_clone(&st, clone);
	return r < 0 ? open_copy(exe, &st) : r;
}

/* Fields of /proc/self/stat, counted from 1 as proc_pid_stat(5) does. */
enum {
	START_CODE = 26,
	END_CODE,
	START_STACK,
	START_DATA = 45,
	END_DATA,
	START_BRK,
	ARG_START,
	ARG_END,
	ENV_START,
	ENV_END,
	STAT_FIELDS
};

static int read_layout(struct prctl_mm_map *map)
{
	uint64_t value[STAT_FIELDS] = { 0 };
	char buf[1024], *rest;
	ssize_t n = fs_read(AT_FDCWD, "/proc/self/stat", buf, sizeof(buf));

	if (n < 0)
		return (int)n;
	/* The name in field 2 may hold blanks and parentheses: what follows its last one is 3. */
	rest = strrchr(buf, ')');
	rest = rest && rest[1] ? rest + 2 : NULL;
	for (int field = 3; rest && field < STAT_FIELDS; field++)
		parse_u64(parse_field(&rest, " \n"), 0, UINT64_MAX, &value[field]);
	*map = (struct prctl_mm_map){
		.start_code = value[START_CODE],
		.end_code = value[END_CODE],
		.start_data = value[START_DATA],
		.end_data = value[END_DATA],
		.start_brk = value[START_BRK],
		.brk = (uintptr_t)sbrk(0),
		.start_stack = value[START_STACK],
		.arg_start = value[ARG_START],
		.arg_end = value[ARG_END],
		.env_start = value[ENV_START],
		/* Empty: what runs in an image need not read the host's environment in
		 * /proc/PID/environ, only what it is given. */
		.env_end = value[ENV_START],
	};
	return value[ENV_END] ? 0 : -EINVAL;
}

/* More than our data and the rest of a page of 64 KiB. */
#define DATA_MAX 0x14000

/* Replaces one segment of the old file.  What is written to meanwhile is lost, so nothing is: the
 * stack holds the data while its pages are exchanged.  Moved there from elsewhere, they would cost
 * page tables of that place too. */
static int remap(const ElfW(Phdr) * segment, int fd, size_t page)
{
	uintptr_t start = segment->p_vaddr & ~(page - 1);
	size_t length = segment->p_vaddr + segment->p_filesz - start;
	size_t room = (length + page - 1) & ~(page - 1);
	int protection = (segment->p_flags & PF_R ? PROT_READ : 0) |
		(segment->p_flags & PF_X ? PROT_EXEC : 0);
	off_t offset = (off_t)(segment->p_offset & ~(page - 1));
	char *data = (char *)segment->p_vaddr, copy[DATA_MAX];
	size_t size = start + room - segment->p_vaddr;

	if (!(segment->p_flags & PF_W))
		return mmap((void *)start, length, protection, MAP_PRIVATE | MAP_FIXED, fd,
			       offset) == MAP_FAILED
			? -errno
			: 0;
	if (size > sizeof(copy))
		return -E2BIG;
	memcpy(copy, data, size);
	if (mmap((void *)start, room, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		return -errno;
	memcpy(data, copy, size);
	return 0;
}

/* main.c moves the next link to the front of the arguments: ps(1) shows no more than that then. */
static void cut_title(struct prctl_mm_map *map, char **next)
{
	uintptr_t start = (uintptr_t)*next, end = start;

	for (; *next; next++)
		end = (uintptr_t)*next + strlen(*next) + 1;
	if (start >= map->arg_start && start < end && end <= map->arg_end)
		map->arg_end = map->arg_start + (end - start);
}

/* Makes fd, which holds the same bytes, the executable of this process. */
static int become(int fd, char **next)
{
	const ElfW(Phdr) *segment = (const ElfW(Phdr) *)getauxval(AT_PHDR);
	size_t count = getauxval(AT_PHNUM), page = getauxval(AT_PAGESZ);
	struct prctl_mm_map map;
	unsigned size;
	int r = read_layout(&map);

	/* Asked first: nothing has changed yet where the kernel has no such thing. */
	if (r < 0 || prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE, &size, 0, 0) < 0)
		return r < 0 ? r : -errno;
	for (size_t i = 0; !r && i < count; i++)
		if (segment[i].p_type == PT_LOAD)
			r = remap(&segment[i], fd, page);
	map.exe_fd = (unsigned)fd;
	cut_title(&map, next);
	if (!r && prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) < 0)
		r = -errno;
	return r;
}

/* As numbers: life_fd, pdeath_signal, new_ns, private_mounts, the signal mask. */
static int execute_again(const struct chain *chain, int fd, char **argv)
{
	char variable[80];
	uint64_t mask;

	memcpy(&mask, &chain->mask, sizeof(mask));
	fmt_buf(variable, sizeof(variable), "%d,%d,%u,%d,%llu", chain->life_fd,
		chain->pdeath_signal, chain->new_ns, chain->private_mounts,
		(unsigned long long)mask);
	if (setenv(VARIABLE, variable, 1) < 0)
		return -errno;
	if (chain->life_fd >= 0)
		fcntl(chain->life_fd, F_SETFD, 0);
	return sys_execveat(fd, "", argv, environ, AT_EMPTY_PATH);
}

int seal_self(struct chain *chain, char **argv, char **next, struct seal *clone, const char **what)
{
	struct seal own;
	CLEANUP_FD int fd = -1, mnt = -1;
	int r;

	if (clone)
		clone->mnt = -1;
	if (chain->sealed)
		return 0;
	*what = "make a copy of the binary that cannot be written";
	own.mnt = -1;
	fd = open_sealed(clone ? clone : &own);
	mnt = own.mnt;
	if (fd < 0)
		return fd;
	*what = "execute the copy of the binary that cannot be written";
	r = become(fd, next);
	if (r < 0)
		return execute_again(chain, fd, argv);
	chain->sealed = true;
	return 0;
}

void seal_bury(struct seal *clone)
{
	CLEANUP_FD int mnt = clone->mnt;

	if (mnt >= 0)
		sys_move_mount(mnt, "", AT_FDCWD, clone->path, MOVE_MOUNT_F_EMPTY_PATH);
	clone->mnt = -1;
}

void seal_resume(struct chain *chain)
{
	char *rest = getenv(VARIABLE);
	int life = -1, signal = 0, private_mounts = 0;
	uint32_t new_ns = 0;
	uint64_t mask = 0;

	if (!rest)
		return;
	if (!parse_int(parse_field(&rest, ","), -1, INT_MAX, &life) && rest &&
		!parse_int(parse_field(&rest, ","), 0, 64, &signal) && rest &&
		!parse_u32(parse_field(&rest, ","), 0, UINT32_MAX, &new_ns) && rest &&
		!parse_int(parse_field(&rest, ","), 0, 1, &private_mounts) && rest &&
		!parse_u64(rest, 0, UINT64_MAX, &mask)) {
		chain->life_fd = life;
		chain->pdeath_signal = signal;
		chain->new_ns = new_ns;
		chain->private_mounts = private_mounts;
		memcpy(&chain->mask, &mask, sizeof(mask));
		chain->sealed = true;
		if (life >= 0)
			fcntl(life, F_SETFD, FD_CLOEXEC);
	}
	unsetenv(VARIABLE);
}
