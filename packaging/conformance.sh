#!/usr/bin/env bash
# mosquitto's broker tests, from Debian's source package, against a plain space of Sallyport.
#   packaging/conformance.sh [part of a test's name ...]
# Takes some minutes, so it is no part of packaging/test.sh. Needs apt's sources of Debian, python3 and dpkg-dev; nothing of
# the machine's own apt configuration is changed.
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."
root=$PWD

missing=()
command -v python3 >/dev/null 2>&1 || missing+=(python3)
command -v dpkg-source >/dev/null 2>&1 || missing+=(dpkg-dev)
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "install these packages first: ${missing[*]}" >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

suite=$root/server/target/conformance/mosquitto
if [ ! -f "$suite/test/broker/test.py" ]; then
  apt=$(mktemp -d)
  trap 'rm -rf "$apt"' EXIT
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/source" "${suite%/*}"
  echo "deb-src http://deb.debian.org/debian bookworm main" >"$apt/sources.list"
  own=(-qq -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$apt/lists"
    -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=)
  (
    cd "$apt/source"
    apt-get "${own[@]}" update
    apt-get "${own[@]}" source mosquitto >/dev/null
  )
  rm -rf "$suite"
  mv "$apt/source"/mosquitto-*/ "$suite"
fi

./sallyport --version >/dev/null
exec python3 packaging/conformance/run.py "$suite" "$root/sallyport" "$@"
