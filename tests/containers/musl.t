#!/bin/sh
# SPDX-License-Identifier: MIT
# make CC=gcc on a distribution whose libc is musl.  There gcc has no wrapper: it finds musl where
# it looks by itself, with the kernel's headers in the same place.  So it is here, in a mount
# namespace where musl's files stand before glibc's.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/rootfs.sh"
cd "$top" || exit 1
unset MAKEFLAGS MAKELEVEL MFLAGS
triplet=$(gcc -print-multiarch)
musl=${triplet%gnu}musl

mkdir "$tmp/include" "$tmp/tree" "$tmp/empty"
cp -R "/usr/include/$musl/." "$tmp/include"
cp -R /usr/include/linux /usr/include/asm-generic "/usr/include/$triplet/asm" "$tmp/include"
mkdir "$tmp/include/$triplet"
mount --bind "$tmp/include" /usr/include
for file in "/usr/lib/$musl"/*.o "/usr/lib/$musl"/*.a; do
	glibc=/usr/lib/$triplet/${file##*/}
	[ ! -e "$glibc" ] || mount --bind "$file" "$glibc"
done
ln -s /bin/false "$tmp/empty/musl-gcc"
PATH=$tmp/empty:$PATH

fails_to_compile() {
	! echo '#include <gnu/libc-version.h>' | gcc -E - >/dev/null 2>&1
}
ok 'no header of glibc is left' fails_to_compile
cp -R Makefile cmd init lib tests scripts "$tmp/tree"
ok 'make CC=gcc builds all' make -s -j2 -C "$tmp/tree" CC=gcc all
built=$tmp/tree/out
like 'its libc is musl' "$("$built/husk" --version)" '*musl*'
gives 'what it makes runs containers' 0 'cinit sh' \
	env PATH="$built/bin:$PATH" cgexec -m 64M unshare -pnmu pivot "$R" cinit \
	sh -c 'cd /proc && echo $(cat 1/comm 2/comm)'

umount /usr/include
for file in "/usr/lib/$musl"/*.o "/usr/lib/$musl"/*.a; do
	umount "/usr/lib/$triplet/${file##*/}" 2>/dev/null
done
finish
