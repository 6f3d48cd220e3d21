// SPDX-License-Identifier: MIT
/* passwd.c - see passwd.h.
 *
 * The whole file is read into anonymous memory: mapping it would let whoever can shorten the file
 * kill this process, which may be privileged, with SIGBUS. */
#include "passwd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"

#define FILE_MAX   (1u << 20)
#define FIELDS_MAX 7 /* of passwd(5), the longer of the two */

struct database {
	char *text, *rest;
	size_t size;
};

/* O_NONBLOCK: an image may hold a FIFO in that place, and nobody who writes into it. */
static int database_open(struct database *db, int rootfd, const char *path)
{
	CLEANUP_FD int root = rootfd == AT_FDCWD ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	CLEANUP_FD int fd = fs_open_in(
		root >= 0 ? root : rootfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	ssize_t n;

	*db = (struct database){ 0 };
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > FILE_MAX)
		return -EFBIG;
	db->size = (size_t)st.st_size + 2;
	db->text = mmap(NULL, db->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (db->text == MAP_FAILED)
		return -errno;
	n = fs_read_fd(fd, db->text, db->size);
	if (n < 0) {
		munmap(db->text, db->size);
		return (int)n;
	}
	db->rest = db->text;
	return 0;
}

static void database_close(struct database *db)
{
	munmap(db->text, db->size);
}

/* Cuts the next line that has exactly `count` fields into them. */
static bool next_entry(struct database *db, char **fields, size_t count)
{
	while (db->rest) {
		char *line = parse_field(&db->rest, "\n");
		size_t n = 0;

		while (line && n < count)
			fields[n++] = parse_field(&line, ":");
		if (n == count && !line && *fields[0])
			return true;
	}
	return false;
}

static bool copy(char *to, size_t size, const char *from)
{
	return fmt_path(to, size, "%s", from) == 0;
}

static bool fill_user(struct passwd_user *user, char **f)
{
	struct passwd_user found;

	if (parse_id(f[2], &found.uid) < 0 || parse_id(f[3], &found.gid) < 0 ||
		!copy(found.name, sizeof(found.name), f[0]) ||
		!copy(found.home, sizeof(found.home), *f[5] ? f[5] : "/") ||
		!copy(found.shell, sizeof(found.shell), *f[6] ? f[6] : "/bin/sh"))
		return false;
	*user = found;
	return true;
}

/* 1: a number, 0: a name, or -errno for what can be neither. */
static int is_number(const char *s, uint32_t *id)
{
	int r = parse_id(s, id);

	if (!r)
		return 1;
	if (r == -ERANGE)
		return r;
	return *s && *s != '-' && *s != '+' && (*s < '0' || *s > '9') && !strpbrk(s, ":,/\n")
		? 0
		: -EINVAL;
}

int passwd_user(int rootfd, const char *who, struct passwd_user *user)
{
	struct database db;
	uid_t uid;
	char *f[FIELDS_MAX];
	int numeric = is_number(who, &uid), r;
	bool found = false;

	if (numeric < 0)
		return numeric;
	if (numeric)
		*user = (struct passwd_user){ .uid = uid, .home = "/", .shell = "/bin/sh" };
	r = database_open(&db, rootfd, "etc/passwd");
	if (r < 0)
		return numeric && r == -ENOENT ? 0 : r;
	while (!found && next_entry(&db, f, FIELDS_MAX)) {
		uid_t entry;

		if (numeric ? !parse_id(f[2], &entry) && entry == uid : !strcmp(f[0], who))
			found = fill_user(user, f);
	}
	database_close(&db);
	return found || numeric ? 0 : -ENOENT;
}

int passwd_group(int rootfd, const char *which, gid_t *gid)
{
	struct database db;
	char *f[4];
	int r = is_number(which, gid);
	bool found = false;

	if (r)
		return r < 0 ? r : 0;
	r = database_open(&db, rootfd, "etc/group");
	if (r < 0)
		return r;
	while (!found && next_entry(&db, f, 4))
		found = !strcmp(f[0], which) && !parse_id(f[2], gid);
	database_close(&db);
	return found ? 0 : -ENOENT;
}

static int add_group(gid_t *groups, size_t *count, size_t max, gid_t gid)
{
	for (size_t i = 0; i < *count; i++)
		if (groups[i] == gid)
			return 0;
	if (*count == max)
		return -ERANGE;
	groups[(*count)++] = gid;
	return 0;
}

static bool is_member(char *members, const char *name)
{
	while (members)
		if (!strcmp(parse_field(&members, ","), name))
			return true;
	return false;
}

int passwd_groups(int rootfd, const struct passwd_user *user, gid_t *groups, size_t max)
{
	struct database db;
	char *f[4];
	size_t count = 0;
	int r = add_group(groups, &count, max, user->gid);

	if (r < 0 || !*user->name)
		return r < 0 ? r : (int)count;
	r = database_open(&db, rootfd, "etc/group");
	if (r < 0)
		return r == -ENOENT ? (int)count : r;
	while (r >= 0 && next_entry(&db, f, 4)) {
		gid_t gid;

		if (!parse_id(f[2], &gid) && is_member(f[3], user->name))
			r = add_group(groups, &count, max, gid);
	}
	database_close(&db);
	return r < 0 ? r : (int)count;
}

int passwd_user_group(int rootfd, const char *spec, struct passwd_user *user)
{
	char who[256], *group = who, *name;
	int r = fmt_path(who, sizeof(who), "%s", spec);

	if (r < 0)
		return r;
	name = parse_field(&group, ":");
	r = passwd_user(rootfd, name, user);
	return r < 0 || !group ? r : passwd_group(rootfd, group, &user->gid);
}

int passwd_group_list(int rootfd, const char *list, gid_t *groups, size_t max)
{
	size_t count = 0;

	while (*list) {
		char name[256];
		size_t length = strcspn(list, ",");
		gid_t gid;
		int r = fmt_path(name, sizeof(name), "%.*s", (int)length, list);

		if (!r)
			r = passwd_group(rootfd, name, &gid);
		if (!r)
			r = add_group(groups, &count, max, gid);
		if (r < 0)
			return r;
		list += length;
		if (*list && !*++list)
			return -EINVAL;
	}
	return (int)count;
}
