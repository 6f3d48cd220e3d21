// SPDX-License-Identifier: MIT
/* The mountinfo reader: any bytes as the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fmt.h"
#include "mountinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mountinfo_reader reader;
	struct mountinfo mount;
	int fd = memfd_create("mountinfo", MFD_CLOEXEC);
	char path[32];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	fmt_buf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (mountinfo_open(&reader, path) < 0)
		abort();
	while (mountinfo_next(&reader, &mount) == 1)
		if (strlen(mount.root) + strlen(mount.point) + strlen(mount.super) > size)
			abort();
	mountinfo_close(&reader);
	close(fd);
	return 0;
}
