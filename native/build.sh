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
compiler=${CC:-cc}
mkdir -p build
for source in netns_socket unix_datagram heap; do
  addon="build/$source.node"
  if [ "$addon" -nt "$source.c" ] && [ "$addon" -nt build.sh ]; then continue; fi
  if ! command -v "$compiler" >/dev/null 2>&1; then
    echo "native/build.sh: no C compiler '$compiler': install one (Debian: apt-get install g++), or set CC" >&2
    exit 1
  fi
  # Staged and renamed, so that a running process keeps the file it has loaded.
  "$compiler" -O2 -g -std=gnu11 -Wall -Wextra -Werror -fPIC -shared -pthread -fvisibility=hidden \
    -isystem "$headers" "$source.c" -o "build/.$source.node.staged"
  mv "build/.$source.node.staged" "$addon"
done
