#!/bin/sh
# Makes the image that the Dockerfile starts from out of Debian's packages, for machines that reach no registry: the
# same packages and the same left out as in Debian's own slim image. $1 is its name.
set -eu
name=${1:-docker.io/library/debian:bookworm-slim}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
suite=${name##*:} && suite=${suite%-slim}
skip=""
for path in '/usr/share/doc/*' '/usr/share/info/*' '/usr/share/linda/*' '/usr/share/lintian/overrides/*' \
  '/usr/share/locale/*' '/usr/share/man/*'; do
  skip="$skip --dpkgopt=path-exclude=$path"
done
# shellcheck disable=SC2086
mmdebstrap --variant=minbase --aptopt='Acquire::Languages "none"' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  $skip --customize-hook='rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*' \
  --components=main "$suite" "$work/base.tar" http://deb.debian.org/debian >&2
container=$(buildah from scratch)
buildah add --quiet "$container" "$work/base.tar" / >/dev/null
buildah config --cmd bash --label org.opencontainers.image.title="debian (made here)" "$container"
buildah commit --quiet "$container" "$name" >/dev/null
buildah rm "$container" >/dev/null
echo "$name made from Debian packages" >&2
