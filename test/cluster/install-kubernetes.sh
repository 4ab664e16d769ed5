#!/bin/sh
# Builds the API server, controller manager and scheduler of Kubernetes, with etcd, from their Go modules into one program
# in a cache outside the tree: once for a set of sources and a Go version. Never fails: tests that need it skip.
set -u
here=$(cd "$(dirname "$0")/apiserver" && pwd)
caches="${PEERPODS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/peerpods}"
cache="$caches/kubernetes"
minor=26
packages=2530

newEnough() {
  "$1" version 2>/dev/null | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p' | { read -r have && [ "$have" -ge "$minor" ]; }
}
go=""
# The last one is what install-vcsim.sh brings to a machine without Go.
for one in go /usr/local/go/bin/go "$caches/vcsim/go/bin/go"; do
  if newEnough "$one"; then go=$one && break; fi
done
if [ -z "$go" ]; then
  echo "no Kubernetes API server: there is no Go 1.$minor to build it with; tests that need it skip"
  exit 0
fi

mkdir -p "$cache"
exec 9>"$cache/.lock"
if command -v flock >/dev/null; then flock 9; fi
sum=$( (cat "$here/go.mod" "$here/go.sum" "$here/main.go" && "$go" version) | sha256sum | cut -d' ' -f1)
if [ "$(cat "$cache/.built" 2>/dev/null)" = "$sum" ] && [ -x "$cache/kubernetes" ]; then exit 0; fi

version=$(sed -n 's/^\tk8s.io\/kubernetes \(v.*\)$/\1/p' "$here/go.mod")
gitVersion="k8s.io/component-base/version"
kubeMinor=$(echo "$version" | cut -d. -f2)
cd "$here" || exit 0
export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS="-mod=readonly -buildvcs=false"
echo "fetching the modules of Kubernetes $version (some 900 MB the first time)"
if ! "$go" mod download 9>&-; then
  echo "no Kubernetes API server: its Go modules can not be had; tests that need it skip"
  exit 0
fi
echo "building Kubernetes $version into $cache (once; 10 minutes and more on two cores)"
new="$cache/kubernetes.$$"
trap 'rm -f "$new" "$new.failed"' EXIT
{
  nice "$go" build -v -trimpath -o "$new" -ldflags "-s -w -X $gitVersion.gitVersion=$version \
    -X $gitVersion.gitMajor=1 -X $gitVersion.gitMinor=$kubeMinor" . 2>&1 9>&- || touch "$new.failed"
} | awk -v all="$packages" '
  /^[a-z0-9.]+(\/[^ :]*)?$/ { if (++n % 250 == 0) { print "  " n " of about " all " packages"; fflush() }; next }
  { print; fflush() }'
if [ -e "$new.failed" ] || [ ! -x "$new" ]; then
  echo "no Kubernetes API server: it did not build (above); tests that need it skip"
  exit 0
fi
mv "$new" "$cache/kubernetes"
echo "$sum" >"$cache/.built"
echo "Kubernetes $version is built: $(du -h "$cache/kubernetes" | cut -f1)"
