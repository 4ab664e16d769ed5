#!/bin/sh
# First program of the initramfs: finds the root file system, puts a writable layer over it and hands over to it.
# Kernel command line: podvm.root=DEVICE as it is, or podvm.verity=BLOCKS,SALT,ROOTHASH for partitions found by name.

stamp() {
  read -r up _ </proc/uptime
  echo "[podvm] $up $*" >/dev/console
}

fail() {
  stamp "FAILED: $*"
  sleep 2
  poweroff -f
}

# The device of the partition with this name, or nothing.
partition() {
  for uevent in /sys/class/block/*/uevent; do
    if grep -qx "PARTNAME=$1" "$uevent"; then
      sed -n 's/^DEVNAME=/\/dev\//p' "$uevent"
      return
    fi
  done
}

# What a cloud's storage hangs on is told by the devices themselves; a bus can show more of them once its driver is in.
load_drivers() {
  modprobe -a $(cat /sys/bus/*/devices/*/modalias 2>/dev/null | sort -u) 2>/dev/null
}

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
stamp 'kernel is up'

root=
verity=
for word in $(cat /proc/cmdline); do
  case $word in
    podvm.root=*) root=${word#podvm.root=} ;;
    podvm.verity=*) verity=${word#podvm.verity=} ;;
    podvm.trial) # whether machines run here at all was the question
      stamp 'trial passed'
      poweroff -f
      ;;
  esac
done

modprobe -a virtio_pci virtio_mmio virtio_blk erofs overlay 2>/dev/null
wait=0
if [ -n "$root" ]; then
  until [ -b "$root" ]; do
    [ $wait -lt 1000 ] || fail "no device $root"
    wait=$((wait + 1))
    sleep 0.01
  done
else
  modprobe -a dm_verity 2>/dev/null
  until data=$(partition podvm-root) && hash=$(partition podvm-verity) && [ -b "$data" ] && [ -b "$hash" ]; do
    [ $wait -lt 300 ] || fail 'no partitions podvm-root and podvm-verity'
    wait=$((wait + 1))
    load_drivers
    sleep 0.1
  done
  blocks=${verity%%,*}
  rest=${verity#*,}
  # verity VERSION DATA HASH DATA_BLOCK_SIZE HASH_BLOCK_SIZE BLOCKS HASH_START ALGORITHM DIGEST SALT
  table="0 $((blocks * 8)) verity 1 $data $hash 4096 4096 $blocks 0 sha256 ${rest#*,} ${rest%%,*} 1 panic_on_corruption"
  dmsetup create --readonly --noudevsync --noudevrules --table "$table" podvm-root || fail 'dm-verity'
  root=/dev/dm-0 # the only mapping; without udev it has no other name
fi

mount -t erofs -o ro "$root" /lower || fail "mount $root"
mount -t tmpfs -o mode=755 tmpfs /over
mkdir /over/upper /over/work
mount -t overlay -o lowerdir=/lower,upperdir=/over/upper,workdir=/over/work overlay /root || fail overlay
stamp 'root file system'
for folder in dev proc sys; do mount --move /$folder /root/$folder; done
exec switch_root /root /sbin/init
