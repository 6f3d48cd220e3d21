// SPDX-License-Identifier: MIT
/* cgdev.c - device rules as v1 files and as a v2 program.
 *
 * The program asks, rule by rule: the type? the access? the major, the minor number? and returns
 * at the first that fits.  Both versions take access to be one question, so rules of one device
 * are merged: "r" and "w" apart would refuse an open for both. */
#include "cgdev.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "fmt.h"
#include "parse.h"
#include "sys.h"

#define RWM (BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE)

/* The policies, each of which has all rules up to its end. */
static const char *const base_rules[] = { "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm",
	"c 1:9 rwm", /* here ends closed */
	"c *:* m", "b *:* m", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm" };

int cg_devices_policy(struct cg_devices *devices, const char *name)
{
	static const struct {
		const char *name;
		size_t rules;
	} policies[] = { { "none", 0 }, { "closed", 5 },
		{ "default", sizeof(base_rules) / sizeof(*base_rules) } };
	const char *why;

	for (size_t i = 0; i < 3; i++) {
		if (strcmp(name, policies[i].name) != 0)
			continue;
		devices->set = true;
		for (size_t rule = 0; rule < policies[i].rules; rule++)
			cg_devices_add(devices, base_rules[rule], false, &why);
		return 0;
	}
	return -EINVAL;
}

static int read_access(const char *text, unsigned *access)
{
	*access = 0;
	for (; *text; text++) {
		if (*text != 'r' && *text != 'w' && *text != 'm')
			return -EINVAL;
		*access |= *text == 'm' ? BPF_DEVCG_ACC_MKNOD
			: *text == 'r'  ? BPF_DEVCG_ACC_READ
					: BPF_DEVCG_ACC_WRITE;
	}
	return *access ? 0 : -EINVAL;
}

static int read_part(const char *text, int max, int *number)
{
	*number = CG_ANY;
	return text && !strcmp(text, "*") ? 0 : parse_int(text ? text : "", 0, max, number);
}

/* "c 10:229 rwm" */
static int read_rule(struct cg_device_rule *rule, char *text)
{
	char *rest = text;
	const char *type = parse_field(&rest, " "), *major, *minor;

	if (strlen(type) != 1 || !strchr("abc", *type) || !rest)
		return -EINVAL;
	rule->type = *type;
	major = parse_field(&rest, ":");
	minor = parse_field(&rest, " ");
	if (read_part(major, 4095, &rule->major) < 0 || read_part(minor, 1048575, &rule->minor) < 0)
		return -EINVAL;
	return read_access(rest ? rest : "", &rule->access);
}

/* "/dev/fuse:rw" */
static int read_node(struct cg_device_rule *rule, char *text, const char **why)
{
	char *colon = strchr(text, ':');
	struct stat st;

	rule->access = RWM;
	if (colon && read_access(colon + 1, &rule->access) < 0)
		return -EINVAL;
	if (colon)
		*colon = '\0';
	if (stat(text, &st) < 0)
		return -errno;
	if (!S_ISBLK(st.st_mode) && !S_ISCHR(st.st_mode)) {
		*why = "not a device";
		return -EINVAL;
	}
	rule->type = S_ISBLK(st.st_mode) ? 'b' : 'c';
	rule->major = (int)major(st.st_rdev);
	rule->minor = (int)minor(st.st_rdev);
	return 0;
}

int cg_devices_add(struct cg_devices *devices, const char *text, bool deny, const char **why)
{
	struct cg_device_rule rule;
	char buf[CG_PATH];
	int r = fmt_path(buf, sizeof(buf), "%s", text);

	*why = NULL;
	if (r < 0)
		return r;
	if (devices->set && devices->deny != deny) {
		*why = "allowing and denying exclude each other";
		return -EINVAL;
	}
	r = *text == '/' ? read_node(&rule, buf, why) : read_rule(&rule, buf);
	if (r < 0)
		return r;
	devices->set = true;
	devices->deny = deny;
	for (unsigned i = 0; i < devices->count; i++) {
		struct cg_device_rule *old = &devices->rule[i];

		if (old->type == rule.type && old->major == rule.major &&
			old->minor == rule.minor) {
			old->access |= rule.access;
			return 0;
		}
	}
	if (devices->count == CG_DEVICE_RULES)
		return -ENOSPC;
	devices->rule[devices->count++] = rule;
	return 0;
}

/* ---- v1 */

static void print_part(char *text, int number)
{
	if (number == CG_ANY)
		fmt_buf(text, 12, "*");
	else
		fmt_buf(text, 12, "%d", number);
}

static int apply_v1(struct cgroup *cg, const struct cg_tree *tree, const struct cg_devices *devices)
{
	const char *file = devices->deny ? "devices.deny" : "devices.allow";
	int r = devices->deny ? 0 : cg_write(cg, tree, "devices.deny", "a");

	for (unsigned i = 0; !r && i < devices->count; i++) {
		const struct cg_device_rule *rule = &devices->rule[i];
		char major[12], minor[12], line[40];

		print_part(major, rule->major);
		print_part(minor, rule->minor);
		fmt_buf(line, sizeof(line), "%c %s:%s %s%s%s", rule->type, major, minor,
			rule->access & BPF_DEVCG_ACC_READ ? "r" : "",
			rule->access & BPF_DEVCG_ACC_WRITE ? "w" : "",
			rule->access & BPF_DEVCG_ACC_MKNOD ? "m" : "");
		r = cg_write(cg, tree, file, line);
	}
	return r;
}

/* ---- v2 */

struct program {
	unsigned count;
	struct bpf_insn insn[8 + 8 * CG_DEVICE_RULES];
};

enum { RESULT = BPF_REG_0, CONTEXT = BPF_REG_1, TYPE, ACCESS, MAJOR, MINOR, SCRATCH };

static void emit(struct program *p, int code, unsigned dst, unsigned src, int off, int imm)
{
	p->insn[p->count++] = (struct bpf_insn){ .code = (unsigned char)code,
		.dst_reg = dst & 15,
		.src_reg = src & 15,
		.off = (short)off,
		.imm = imm };
}

static void emit_rule(struct program *p, const struct cg_device_rule *rule, bool deny)
{
	unsigned first = p->count,
		 type = rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR;

	if (rule->type != 'a')
		emit(p, BPF_JMP | BPF_JNE | BPF_K, TYPE, 0, 0, (int)type);
	if (rule->access != RWM) {
		/* Denied: any access of the rule.  Allowed: no access but those of the rule. */
		emit(p, BPF_ALU | BPF_MOV | BPF_X, SCRATCH, ACCESS, 0, 0);
		emit(p, BPF_ALU | BPF_AND | BPF_K, SCRATCH, 0, 0,
			(int)(deny ? rule->access : RWM & ~rule->access));
		emit(p, BPF_JMP | (deny ? BPF_JEQ : BPF_JNE) | BPF_K, SCRATCH, 0, 0, 0);
	}
	if (rule->major != CG_ANY)
		emit(p, BPF_JMP | BPF_JNE | BPF_K, MAJOR, 0, 0, rule->major);
	if (rule->minor != CG_ANY)
		emit(p, BPF_JMP | BPF_JNE | BPF_K, MINOR, 0, 0, rule->minor);
	emit(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	/* Whatever does not fit goes on behind this rule. */
	for (unsigned i = first; i < p->count; i++)
		if (BPF_OP(p->insn[i].code) == BPF_JNE || BPF_OP(p->insn[i].code) == BPF_JEQ)
			if (BPF_CLASS(p->insn[i].code) == BPF_JMP)
				p->insn[i].off = (short)(p->count - i - 1);
}

static void assemble(struct program *p, const struct cg_devices *devices)
{
	static const int load = BPF_LDX | BPF_MEM | BPF_W;

	p->count = 0;
	emit(p, load, TYPE, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, access_type), 0);
	emit(p, BPF_ALU | BPF_MOV | BPF_X, ACCESS, TYPE, 0, 0);
	emit(p, BPF_ALU | BPF_AND | BPF_K, TYPE, 0, 0, 0xffff);
	emit(p, BPF_ALU | BPF_RSH | BPF_K, ACCESS, 0, 0, 16);
	emit(p, load, MAJOR, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, major), 0);
	emit(p, load, MINOR, CONTEXT, offsetof(struct bpf_cgroup_dev_ctx, minor), 0);
	emit(p, BPF_ALU64 | BPF_MOV | BPF_K, RESULT, 0, 0, !devices->deny);
	for (unsigned i = 0; i < devices->count; i++)
		emit_rule(p, &devices->rule[i], devices->deny);
	emit(p, BPF_ALU64 | BPF_MOV | BPF_K, RESULT, 0, 0, devices->deny);
	emit(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static int load(const struct program *p)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insn_cnt = p->count,
		.insns = (uintptr_t)p->insn,
		.license = (uintptr_t) "",
	};
	struct rlimit before;
	int fd = sys_bpf(BPF_PROG_LOAD, &attr, sizeof(attr));

	/* Before 5.11 a program counts as locked memory. */
	if (fd == -EPERM && !getrlimit(RLIMIT_MEMLOCK, &before) &&
		!setrlimit(RLIMIT_MEMLOCK, &unlimited)) {
		fd = sys_bpf(BPF_PROG_LOAD, &attr, sizeof(attr));
		setrlimit(RLIMIT_MEMLOCK, &before);
	}
	return fd;
}

static int apply_v2(const struct cg_tree *tree, const struct cg_devices *devices)
{
	struct program program;
	union bpf_attr attr = { .attach_type = BPF_CGROUP_DEVICE,
		.attach_flags = BPF_F_ALLOW_MULTI };
	int fd, r;

	assemble(&program, devices);
	fd = load(&program);
	if (fd < 0)
		return fd;
	attr.target_fd = (unsigned)tree->dir;
	attr.attach_bpf_fd = (unsigned)fd;
	r = sys_bpf(BPF_PROG_ATTACH, &attr, sizeof(attr));
	close(fd);
	return r;
}

int cg_devices_apply(struct cgroup *cg, const struct cg_devices *devices)
{
	const struct cg_tree *tree = cg_tree_of(cg, CG_DEVICES);
	int r;

	if (!devices->set)
		return 0;
	if (tree->version == 1)
		return apply_v1(cg, tree, devices);
	r = apply_v2(tree, devices);
	if (r < 0) {
		cg->fault.tree = tree;
		fmt_buf(cg->fault.file, CG_FILE, "device program");
	}
	return r;
}
