#!/bin/sh
# Installs what examples/plugin-python needs into a cache outside the tree, once for a set of versions, with the modules
# made from proto/provider.proto; and VMware's Python SDK, whose types judge the requests of provider vsphere.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
requirements="$root/examples/plugin-python/requirements.txt"
cache="${PEERPODS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/peerpods}"
venv="$cache/plugin-python"
mkdir -p "$cache"
exec 9>"$venv.lock"
flock 9
sum=$(cat "$requirements" "$root/proto/provider.proto" "$0" | sha256sum | cut -d' ' -f1)
if [ "$(cat "$venv/.installed" 2>/dev/null)" = "$sum" ]; then exit 0; fi
if ! python3 -c 'import ensurepip' 2>/dev/null; then
  echo "no grpcio: python3 has no venv (Debian: python3-venv); tests that need it skip"
  exit 0
fi
echo "installing grpcio and pyvmomi into $venv"
rm -rf "$venv"
python3 -m venv "$venv"
pip="$venv/bin/pip install --no-deps --disable-pip-version-check --progress-bar on"
$pip --requirement "$requirements"
$pip pyvmomi==9.1.1.0
mkdir "$venv/generated"
"$venv/bin/python" -m grpc_tools.protoc -I "$root/proto" --python_out="$venv/generated" \
  --grpc_python_out="$venv/generated" provider.proto
echo "$sum" >"$venv/.installed"
