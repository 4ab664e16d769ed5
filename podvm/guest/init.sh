#!/bin/sh
# Process 1 of a pod VM. Starts its units in this order: drivers, network, podns, user data, agent, forwarder.
# Each says on the console when it was reached, in seconds since the kernel started.

export PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 077
agent_socket=/run/kata-containers/agent.sock
user_data=/media/cidata/user-data
firmware=/sys/firmware/qemu_fw_cfg/by_name/opt/org.peerpods

stamp() {
  read -r up _ </proc/uptime
  echo "[podvm] $up $*" >/dev/console
}

fail() {
  stamp "FAILED: $*"
  sleep 2 # for what is still on its way to the console
  poweroff -f
}

# Whatever the devices that are there ask for.
load_drivers() {
  modprobe -a $(cat /sys/bus/*/devices/*/modalias 2>/dev/null | sort -u) 2>/dev/null
}

mount_all() {
  mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run
  mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs /tmp
  mount -t tmpfs -o mode=700,nosuid,nodev tmpfs /media
  mkdir -p -m 755 /dev/pts /dev/shm
  mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
  mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs /dev/shm
  mount -t cgroup2 cgroup /sys/fs/cgroup
}

# ip=ADDRESS::GATEWAY:LENGTH:HOST:DEVICE, once for each interface; GATEWAY and HOST may be empty. Without: DHCP.
network() {
  ip link set lo up
  configured=
  for word in $(cat /proc/cmdline $firmware/network/raw 2>/dev/null); do
    case $word in ip=*) ;; *) continue ;; esac
    configured=yes
    old=$IFS
    IFS=:
    set -f
    set -- ${word#ip=}
    set +f
    IFS=$old
    address=$1 gateway=$3 length=$4 host=$5 device=$6
    ip address add "$address/$length" dev "$device" && ip link set "$device" up || fail "address of $device"
    [ -z "$gateway" ] || ip route add default via "$gateway" dev "$device" || fail "route of $device"
    [ -z "$host" ] || hostname "$host"
  done
  [ -z "$configured" ] || return 0
  for path in /sys/class/net/*; do
    device=${path##*/}
    [ "$(cat "$path/type")" = 1 ] || continue # Ethernet
    ip link set "$device" up
    # Stays, to renew the lease; the first interface has the default route.
    udhcpc -i "$device" -t 60 -T 1 -A 1 -b -s /usr/lib/peerpod/udhcpc.sh </dev/null >/dev/console 2>&1
  done
}

# From the machine's firmware interface, or from a disk labelled cidata. A cloud's metadata service is asked later.
find_user_data() {
  mkdir -p /media/cidata
  if [ -f $firmware/user-data/raw ]; then
    cat $firmware/user-data/raw >$user_data
    return
  fi
  case $(cat /sys/class/dmi/id/sys_vendor 2>/dev/null) in
    'Amazon EC2' | 'Microsoft Corporation' | Google | 'Alibaba Cloud') return ;; # a service has it, not a disk
  esac
  # A disk may hang on a bus that appears with its driver, and a CD-ROM takes its time.
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    mount_cidata && return
    load_drivers
    sleep 0.1
  done
}

mount_cidata() {
  for path in /sys/class/block/*; do
    disk=/dev/${path##*/}
    # ISO 9660 has its label 40 bytes into sector 16.
    [ "$(dd if="$disk" bs=1 skip=32808 count=6 2>/dev/null | tr A-Z a-z)" = cidata ] || continue
    modprobe isofs 2>/dev/null
    mount -t iso9660 -o ro "$disk" /media/cidata && return
  done
  return 1
}

# It held keys, and what was for us has been read.
drop_user_data() {
  [ -e $user_data ] || return 0 # a pod is waiting, and starting a program takes time
  if grep -q ' /media/cidata ' /proc/mounts; then umount /media/cidata; else rm -f $user_data; fi
}

# What the programs need before they may do anything.
prepare() {
  if [ -d /sys/bus/virtio/devices/virtio0 ]; then
    modprobe -a virtio_net
  else
    modprobe -a virtio_pci virtio_mmio virtio_net 2>/dev/null
  fi
  modprobe qemu_fw_cfg 2>/dev/null
  [ -e /sys/class/net/eth0 ] || load_drivers
  network
  stamp network
  find_user_data
  : >/run/netns/podns
  unshare --net=/run/netns/podns ip link set lo up || fail podns
  modprobe -a vxlan nf_tables nft_ct 2>/dev/null
}

run_agent() {
  [ -z "$agent_runs" ] || return 0
  agent_runs=yes
  (
    start_agent </dev/null >/dev/console 2>&1
    fail "the agent ended with $?" # its containers cannot be reached any more: the machine ends with it
  ) &
}

mount_all
mkdir -p /run/netns /run/kata-containers
mkfifo /run/provisioned
. /usr/lib/peerpod/agent.sh # start_agent, agent_waits_for_pod

# User data first, then the agent, which may depend on it, then the forwarder, which waits for the agent's socket.
(
  agent_runs=
  while read -r word; do
    stamp "$word"
    drop_user_data
    [ "$word" = waiting ] && [ -n "$agent_waits_for_pod" ] || run_agent
  done </run/provisioned
) &
agent_starts=first
[ -z "$agent_waits_for_pod" ] || agent_starts=last
options="-pod-namespace /run/netns/podns -kata-agent-socket $agent_socket"
# It is being loaded meanwhile, and begins when it is told that all is prepared.
{
  prepare
  echo prepared
} | pod-vm-boot /run/provisioned $agent_starts $options >/dev/console 2>&1
code=$?
# Written last when user data was processed.
[ -e /run/peerpod/initdata.digest ] || fail "user data: pod-vm-boot ended with $code"
while true; do
  stamp "the forwarder ended with $code"
  sleep 0.5
  agent-protocol-forwarder $options </dev/null >/dev/console 2>&1
  code=$?
done
