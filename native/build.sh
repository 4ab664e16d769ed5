#!/bin/sh
# Builds native/build/*.node with the C compiler alone; Node-API headers come with the `node` package.
set -eu
cd "$(dirname "$0")"
headers=""
for candidate in ../node_modules/node/node_modules/node-linux-*/include/node ../node_modules/node-linux-*/include/node \
  /usr/include/node /usr/local/include/node; do
  if [ -f "$candidate/node_api.h" ]; then headers=$candidate; break; fi
done
if [ -z "$headers" ]; then
  echo "native/build.sh: no node_api.h found: run npm ci, or install Node's headers" >&2
  exit 1
fi
mkdir -p build
# Staged and renamed, so that a running process keeps the file it has loaded.
for source in netns_socket unix_datagram; do
  ${CC:-cc} -O2 -g -std=gnu11 -Wall -Wextra -Werror -fPIC -shared -pthread -fvisibility=hidden \
    -isystem "$headers" "$source.c" -o "build/.$source.node.staged"
  mv "build/.$source.node.staged" "build/$source.node"
done
