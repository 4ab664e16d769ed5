#!/bin/sh
# Fetches Node for this processor from npm into node_modules/.runtime, and only if it is what node-runtime.sha512 says:
# the lock file does not know this package, which the package `node` would fetch in its install script.
set -eu
cd "$(dirname "$0")/.."
case "$(uname -m)" in
  x86_64) architecture=x64 ;;
  aarch64) architecture=arm64 ;;
  *) echo "image/node-runtime.sh: Node's npm packages know no $(uname -m)" >&2 && exit 1 ;;
esac
wanted=$(grep -o "node-linux-$architecture-[0-9.]*[0-9]" image/node-runtime.sha512)
into=node_modules/.runtime
rm -rf "$into" && mkdir -p "$into"
(
  cd "$into"
  npm pack --silent "node-linux-$architecture@${wanted##*-}"
  grep " $wanted.tgz\$" ../../image/node-runtime.sha512 | sha512sum -c --quiet -
  tar -xzf "$wanted.tgz" --strip-components=1 --no-same-owner
  rm "$wanted.tgz"
  # Symbols for debuggers are a seventh of it.
  if command -v strip >/dev/null 2>&1; then strip bin/node; fi
)
# Where native/build.sh looks for the headers.
ln -sfn .runtime "node_modules/node-linux-$architecture"
