// SPDX-License-Identifier: MIT
/* threads.c - a thread, in a program of this machine's own libc: where that is glibc, it begins
 * with clone3(2). */
#include <pthread.h>
#include <stdio.h>

static void *run(void *text)
{
	return puts(text) < 0 ? NULL : text;
}

int main(void)
{
	static char text[] = "thread";
	pthread_t thread;
	void *result = NULL;

	return pthread_create(&thread, NULL, run, text) || pthread_join(thread, &result) || !result;
}
