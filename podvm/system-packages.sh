#!/bin/sh
# Installs, visibly and only as root, what the image is built with and booted by. With "build": only the former.
set -eu
wanted=""
need() { command -v "$1" >/dev/null 2>&1 || wanted="$wanted $2"; }
PATH="$PATH:/usr/sbin:/sbin"
need mkfs.erofs erofs-utils
need veritysetup cryptsetup-bin
need strip binutils
need qemu-img qemu-utils
need dpkg-deb dpkg
[ -f /usr/lib/systemd/boot/efi/linuxx64.efi.stub ] || wanted="$wanted systemd-boot-efi"
if [ "${1:-}" != build ]; then
  need qemu-system-x86_64 qemu-system-x86
  need ip iproute2
  [ -f /usr/share/OVMF/OVMF_CODE_4M.fd ] || wanted="$wanted ovmf"
fi
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "not root, so not installed:$wanted" >&2
  exit 0
fi
echo "installing for the pod VM image:$wanted" >&2
# shellcheck disable=SC2086
apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 $wanted >&2
