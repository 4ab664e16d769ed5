#!/bin/sh
# Installs the Python SDKs of Azure and IBM Cloud into a cache outside the tree, once for a set of versions: their models
# judge the requests that our providers send. Fails when they can not be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
requirements="$here/vendor-models-requirements.txt"
cache="${PEERPODS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/peerpods}"
venv="$cache/vendor-models"
mkdir -p "$cache"
exec 9>"$venv.lock"
flock 9
if cmp -s "$requirements" "$venv/.installed"; then exit 0; fi
echo "installing the Python SDKs of Azure and IBM Cloud into $venv ($(wc -l <"$requirements") packages)" >&2
rm -rf "$venv"
python3 -m venv "$venv"
"$venv/bin/pip" install --no-deps --disable-pip-version-check --progress-bar on --requirement "$requirements" >&2
cp "$requirements" "$venv/.installed"
