#!/usr/bin/env bash
# What a Python package cannot bring: gettext's tools and Pango; for the tests, a browser too.
# As root on Debian or Ubuntu they are installed; otherwise the sentence says what to ask for.
set -euo pipefail

missing=()
command -v msgfmt >/dev/null || missing+=(gettext)
python3 -c 'import ctypes; ctypes.CDLL("libpangoft2-1.0.so.0")' 2>/dev/null || missing+=(libpango-1.0-0 libpangoft2-1.0-0)
if [[ "${1:-}" == browser ]]; then
  # Chromium without its windows draws the same pages for a third of the work; where there is none, any Chromium does.
  if ! command -v chromium-headless-shell >/dev/null && [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
    {
      timeout 120 apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive timeout 120 \
          apt-get install -y -qq --no-install-recommends --no-remove chromium-headless-shell
    } >/dev/null 2>&1 || true
  fi
  if ! command -v chromium-headless-shell >/dev/null && ! command -v chromium >/dev/null &&
    ! command -v google-chrome >/dev/null; then
    if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
      missing+=(chromium)
    elif ! ls "${HOME}"/.cache/ms-playwright/chromium* >/dev/null 2>&1; then
      .venv/bin/python -m playwright install --only-shell chromium
    fi
  fi
fi
[[ ${#missing[@]} -eq 0 ]] && exit 0
if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
  echo "Installation de : ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "Il manque sur cette machine : ${missing[*]}. Installez ces paquets, puis relancez la commande." >&2
  exit 1
fi
