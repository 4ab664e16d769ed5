#!/bin/sh
# What udhcpc calls when it learns something: gives the interface its address, and the first one the default route.

case $1 in
  bound | renew)
    ip address replace "$ip/$mask" dev "$interface"
    if [ -n "$router" ] && ! ip route | grep -q '^default'; then
      ip route add default via "${router%% *}" dev "$interface" onlink
    fi
    [ -z "$dns" ] || for server in $dns; do echo "nameserver $server"; done >/etc/resolv.conf
    [ -z "$mtu" ] || ip link set "$interface" mtu "$mtu"
    ;;
esac
