#!/bin/sh
# make image: builds the image with the first engine there is, or with buildah, which it installs, visibly and only as
# root. A machine that reaches no registry gets the base made from Debian's packages.
#   TARGET=peerpods|libvirt   TAG=localhost/peerpods:dev   ENGINE=docker|podman|buildah   OUTPUT=FILE (an OCI archive)
set -eu
cd "$(dirname "$0")/.."
target=${TARGET:-peerpods}
tag=${TAG:-localhost/peerpods:dev}
base=docker.io/library/debian:bookworm-slim
engine=${ENGINE:-}
if [ -z "$engine" ]; then
  # A client without its daemon is none; buildah has no daemon.
  for one in docker podman; do
    if "$one" info >/dev/null 2>&1; then engine=$one && break; fi
  done
  if [ -z "$engine" ] && command -v buildah >/dev/null 2>&1; then engine=buildah; fi
fi
if [ -z "$engine" ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "no docker, podman or buildah: install one (Debian: apt-get install buildah)" >&2
    exit 1
  fi
  echo "installing to build the image with: buildah mmdebstrap" >&2
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
    buildah crun mmdebstrap >&2
  engine=buildah
fi
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
set -- --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --target "$target" -t "$tag"
# Where the certificates of a registry's proxy are, if this machine was told.
ca=${NODE_EXTRA_CA_CERTS:-${SSL_CERT_FILE:-}}
if [ -n "$ca" ] && [ -f "$ca" ]; then set -- "$@" --secret "id=ca,src=$ca"; fi
case "$engine" in
  buildah)
    # Without a service manager's help: inside of containers and on machines without cgroups of their own as well.
    export BUILDAH_ISOLATION=chroot
    if ! buildah inspect --type image "$base" >/dev/null 2>&1 && ! buildah pull --quiet "$base" >/dev/null 2>&1; then
      sh image/local-base.sh "$base"
    fi
    buildah bud --layers --pull-never "$@" . >&2
    if [ -n "${OUTPUT:-}" ]; then buildah push --quiet "$tag" "oci-archive:$OUTPUT"; fi
    buildah images "$tag"
    ;;
  *)
    "$engine" build "$@" . >&2
    if [ -n "${OUTPUT:-}" ]; then "$engine" save -o "$OUTPUT" "$tag"; fi
    "$engine" images "$tag"
    ;;
esac
