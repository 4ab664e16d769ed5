#!/bin/sh
# Builds Helm itself from its Go module into a cache outside the tree: once for a version. Never fails: tests that need
# it skip.
set -u
here=$(cd "$(dirname "$0")/helm" && pwd)
caches="${PEERPODS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/peerpods}"
cache="$caches/helm"
minor=26

newEnough() {
  "$1" version 2>/dev/null | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p' | { read -r have && [ "$have" -ge "$minor" ]; }
}
go=""
# The last one is what install-vcsim.sh brings to a machine without Go.
for one in go /usr/local/go/bin/go "$caches/vcsim/go/bin/go"; do
  if newEnough "$one"; then go=$one && break; fi
done
if [ -z "$go" ]; then
  echo "no Helm: there is no Go 1.$minor to build it with; tests that need it skip"
  exit 0
fi
mkdir -p "$cache"
exec 9>"$cache/.lock"
if command -v flock >/dev/null; then flock 9; fi
sum=$(cat "$here/go.mod" "$here/go.sum" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$cache/.built" 2>/dev/null)" = "$sum" ] && [ -x "$cache/helm" ]; then exit 0; fi
cd "$here" || exit 0
version=$(sed -n 's/^.*helm.sh\/helm\/v4 \(v[^ ]*\).*$/\1/p' go.mod)
echo "building Helm $version into $cache (once; some minutes on two cores)"
if ! CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS="-mod=readonly -buildvcs=false" nice "$go" build -trimpath -ldflags '-s -w' \
  -o "$cache/helm.new" helm.sh/helm/v4/cmd/helm 9>&-; then
  echo "no Helm: it did not build (above); tests that need it skip"
  rm -f "$cache/helm.new"
  exit 0
fi
mv "$cache/helm.new" "$cache/helm"
echo "$sum" >"$cache/.built"
