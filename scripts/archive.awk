# SPDX-License-Identifier: MIT
# archive.awk - turns the list that mkrootfs makes into a shell program that writes the archive.
#
#	awk -v format=tar|cpio -v mtime=SECONDS -f archive.awk LIST | sh >ARCHIVE
#
# Headers are text, so modes, owners and device nodes need no privilege, and the archive is the
# same whatever tar(1) or cpio(1) a machine has: ustar as in POSIX, newc as in the kernel's
# Documentation/driver-api/early-userspace/buffer-format.rst.
# A line of LIST, tab-separated:
#	type mode uid gid size path arg
# type is d, f (arg: the file to copy), l (arg: the target) or c (arg: "major minor").

BEGIN {
	FS = "\t"
	for (i = 1; i < 256; i++)
		code[sprintf("%c", i)] = i
	block = format == "tar" ? 512 : 4
}

function octal(text,    n, i) {
	for (i = 1; i <= length(text); i++)
		n = n * 8 + substr(text, i, 1)
	return n + 0
}

function zeros(n,    text) {
	while (n-- > 0)
		text = text "\\000"
	return text
}

# Text as it stands in the format of printf(1).
function quoted(text,    i, c, result) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		result = result (c ~ /[A-Za-z0-9_.\/ -]/ ? c : sprintf("\\%03o", code[c]))
	}
	gsub(/\\045/, "%%", result)
	return result
}

function print_text(text) {
	printf "printf '%s'\n", text
}

function fail(message) {
	print "archive.awk: " message >"/dev/stderr"
	print "exit 1"
	exit failed = 1
}

# A field of a tar header: text, then zeros up to its width; the bytes count for the checksum.
function field(text, width,    i) {
	for (i = 1; i <= length(text); i++)
		sum += code[substr(text, i, 1)]
	return quoted(text) zeros(width - length(text))
}

function number(n, width) {
	return field(sprintf("%0" (width - 1) "o", n), width)
}

# Where a path of more than 100 bytes is cut: the part before goes into the prefix field.
function cut(path,    i) {
	if (length(path) <= 100)
		return 0
	for (i = length(path) - 100; i <= 156; i++)
		if (substr(path, i, 1) == "/")
			return i
	fail(path ": too long for tar")
}

function tar_header(    before, after, at, flag) {
	if (type == "d")
		path = path "/"
	if (length(target) > 100)
		fail(path ": its target is too long for tar")
	at = cut(path)
	flag["f"] = 0; flag["l"] = 2; flag["c"] = 3; flag["d"] = 5
	sum = 8 * 32	# the checksum's own field counts as blanks
	before = field(substr(path, at + 1), 100) number(mode, 8) number(uid, 8) number(gid, 8) \
		number(size, 12) number(mtime, 12)
	after = field(flag[type], 1) field(target, 100) field("ustar", 6) field("00", 2) \
		field("", 64) number(major, 8) number(minor, 8) \
		field(substr(path, 1, at - 1), 155) zeros(12)
	print_text(before sprintf("%06o\\000 ", sum) after)
}

function cpio_header(    kind) {
	kind["f"] = 32768; kind["l"] = 40960; kind["c"] = 8192; kind["d"] = 16384
	if (type == "l")
		size = length(target)
	print_text(sprintf("070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", \
		++inode, kind[type] + mode, uid, gid, type == "d" ? 2 : 1, mtime, size, 0, 0, \
		major, minor, length(path) + 1, 0) \
		quoted(path) zeros(1 + (4 - (110 + length(path) + 1) % 4) % 4))
	if (type == "l")
		print_text(quoted(target) zeros((4 - size % 4) % 4))
}

{
	type = $1; mode = octal($2); uid = $3; gid = $4; size = $5; path = $6
	target = type == "l" ? $7 : ""
	major = minor = 0
	if (type == "c") {
		split($7, device, " ")
		major = device[1]
		minor = device[2]
	}
	if (format == "tar")
		tar_header()
	else
		cpio_header()
	if (type == "f") {
		gsub(/'/, "'\\''", $7)
		printf "cat <'%s' || exit 1\n", $7
		print_text(zeros((block - size % block) % block))
	}
}

END {
	if (failed)
		exit 1
	if (format == "tar") {
		print_text(zeros(1024))
	} else {
		type = "f"; path = "TRAILER!!!"; target = ""; inode = -1
		mode = -32768; uid = gid = size = major = minor = mtime = 0
		cpio_header()
	}
}
