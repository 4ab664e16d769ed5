#!/bin/sh
# Builds native/build/netns_socket.node with the C compiler alone; Node-API headers come with the `node` package.
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
${CC:-cc} -O2 -g -std=gnu11 -Wall -Wextra -Werror -fPIC -shared -pthread -fvisibility=hidden \
  -isystem "$headers" netns_socket.c -o build/.netns_socket.node.staged
mv build/.netns_socket.node.staged build/netns_socket.node
