#!/bin/sh
# Installs moto, a simulator of EC2 that nobody here wrote, into a cache outside the tree: once for a set of versions.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
requirements="$here/moto-requirements.txt"
cache="${PEERPODS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/peerpods}"
venv="$cache/moto"
mkdir -p "$cache"
if cmp -s "$requirements" "$venv/.installed"; then exit 0; fi
if ! python3 -c 'import ensurepip' 2>/dev/null; then
  echo "no moto: python3 has no venv (Debian: python3-venv); tests that need it skip"
  exit 0
fi
echo "installing moto into $venv ($(wc -l <"$requirements") packages)"
rm -rf "$venv"
python3 -m venv "$venv"
"$venv/bin/pip" install --no-deps --disable-pip-version-check --progress-bar on --requirement "$requirements"
cp "$requirements" "$venv/.installed"
