#!/bin/sh
# Installs, visibly and only as root, the Debian packages that tests read the kernel's state back with, and the two
# compilers that the foreign ttrpc libraries are built with (docs/decisions/0008-foreign-libraries.md).
set -eu
wanted=""
need() { command -v "$1" >/dev/null 2>&1 || wanted="$wanted $2"; }
need ip iproute2
need tc iproute2
need nft nftables
need iptables iptables
need ping iputils-ping
need nsenter util-linux
need libvirtd libvirt-daemon-system
need virsh libvirt-clients
need dnsmasq dnsmasq-base
need losetup mount
need mkfs.ext4 e2fsprogs
need go golang-go
# Completion scripts are tried in the shells themselves.
need zsh zsh
need fish fish
# For the simulator of EC2, which comes from PyPI.
python3 -c "import ensurepip" 2>/dev/null || wanted="$wanted python3-venv"
# Debian 12's package cargo is too old for the crate; cargo-web, from the same archive, follows the browsers' needs.
need cargo cargo-web
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "not root, so not installed:$wanted (tests that need them skip)"
  exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "no apt-get, so not installed:$wanted (tests that need them skip)"
  exit 0
fi
echo "installing for the tests:$wanted"
# shellcheck disable=SC2086
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $wanted
