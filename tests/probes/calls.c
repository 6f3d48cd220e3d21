// SPDX-License-Identifier: MIT
/* calls.c - makes system calls that a seccomp filter may refuse, with arguments that are harmless
 * and wrong, and prints what each one said: "NAME ERRNO". */
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void say(const char *name, long r)
{
	int error = r < 0 ? errno : 0;

	printf("%s %s\n", name,
		!error                    ? "ok"
			: error == EPERM  ? "EPERM"
			: error == ENOSYS ? "ENOSYS"
					  : "other");
}

static void *thread(void *arg)
{
	return arg;
}

#define CALL(name, ...) say(#name, syscall(SYS_##name, __VA_ARGS__))

int main(void)
{
	struct clone_args args = { 0 };
	pthread_t id;
	long child;

	setvbuf(stdout, NULL, _IONBF, 0);

	CALL(getpid, 0);
	CALL(mount, 0, 0, 0, 0, 0);
	CALL(umount2, 0, 0);
	CALL(pivot_root, 0, 0);
	CALL(open_tree, -1, 0, 0);
	CALL(fsopen, 0, 0);
	CALL(mount_setattr, -1, 0, 0, 0, 0);
	CALL(setns, -1, 0);
	CALL(unshare, CLONE_NEWUTS);
	CALL(keyctl, -1, 0, 0, 0, 0);
	CALL(add_key, 0, 0, 0, 0, 0);
	CALL(request_key, 0, 0, 0, 0);
	CALL(bpf, -1, 0, 0);
	CALL(perf_event_open, 0, 0, -1, -1, 0);
	CALL(userfaultfd, -1);
	CALL(open_by_handle_at, -1, 0, 0);
	CALL(process_vm_readv, 0, 0, 0, 0, 0, -1);
	CALL(io_uring_setup, 0, 0);
	CALL(init_module, 0, 0, 0);
	CALL(kexec_load, 0, -1, 0, -1);
	CALL(reboot, 0, 0, 0, 0);
	CALL(clone3, &args, (size_t)0);
	child = syscall(SYS_clone, CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0);
	if (!child)
		_exit(0);
	say("clone-newuts", child);
	say("number-5000", syscall(5000));
	say("socket-unix", socket(AF_UNIX, SOCK_STREAM, 0));
	say("socket-alg", socket(38, SOCK_SEQPACKET, 0));
	say("socket-vsock", socket(40, SOCK_STREAM, 0));
	errno = pthread_create(&id, NULL, thread, NULL);
	say("thread", errno ? -1 : 0);
#ifdef __x86_64__
	say("x32", syscall(0x40000000 | 39));
#endif
	return 0;
}
