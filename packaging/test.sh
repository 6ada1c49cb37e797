#!/usr/bin/env bash
# All tests: installs what they need where it can, then builds and verifies every room.
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."

missing=()
command -v mosquitto_pub >/dev/null 2>&1 || missing+=(mosquitto-clients)
command -v mosquitto >/dev/null 2>&1 || missing+=(mosquitto)
command -v curl >/dev/null 2>&1 || missing+=(curl)
command -v openssl >/dev/null 2>&1 || missing+=(openssl)
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
command -v npm >/dev/null 2>&1 || missing+=(npm)
if [ "${#missing[@]}" -gt 0 ]; then
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "installing for the tests: ${missing[*]}"
    apt-get update -qq
    # The broker is only a peer in tests: it must not start as a service.
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d.sallyport
    chmod +x /usr/sbin/policy-rc.d.sallyport
    if [ ! -e /usr/sbin/policy-rc.d ]; then
      mv /usr/sbin/policy-rc.d.sallyport /usr/sbin/policy-rc.d
      trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    else
      rm -f /usr/sbin/policy-rc.d.sallyport
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "these packages are missing, tests that need them will fail: ${missing[*]}" >&2
  fi
fi
mvn -B verify "$@"

# What was just verified is what the other command of the README runs.
if [ "$#" -eq 0 ]; then
  mkdir -p server/target
  touch server/target/.built
  ./sallyport demo --seconds 10 --devices 50
fi
