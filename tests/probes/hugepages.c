// SPDX-License-Identifier: MIT
/* hugepages.c - touches N huge pages of 2 MiB one by one, and prints the number of each. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE ((size_t)2 << 20)

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
	char *memory = mmap(NULL, n * HUGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return 1;
	for (size_t i = 0; i < n; i++) {
		((volatile char *)memory)[i * HUGE] = 1;
		printf("%zu\n", i + 1);
		fflush(stdout);
	}
	return 0;
}
