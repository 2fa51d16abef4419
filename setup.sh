#!/usr/bin/env bash
# Sets up a checkout on Debian with Node (20 or newer) and git: npm packages, among them a Node 24 of the project's own,
# and the Debian packages that sandboxes and tests need. Does only what is left to do, and is silent about the rest.
# Exit 0: the npm packages are there; what else is missing was said. Exit 1: nothing can work.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

OLDEST_NODE=20
OWN_NODE=24
STAMP=node_modules/.setup-stamp

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

# The Debian packages, space separated, of which dpkg knows none of the alternatives as installed.
missing_packages() {
  local wanted missing=()
  for wanted in bubblewrap python3 python3-openpyxl python3-pandas python3-pil 'libreoffice-calc-nogui|libreoffice-calc' 'chromium|google-chrome-stable'; do
    any_installed ${wanted//|/ } || missing+=("${wanted%%|*}")
  done
  printf '%s' "${missing[*]:-}"
}

any_installed() {
  dpkg-query -W -f='${db:Status-Status}\n' "$@" 2>/dev/null | grep -qx installed
}

# Runs a command quietly; its output is shown only when it fails.
quietly() {
  local output
  output=$("$@" 2>&1) && return 0
  printf '%s\n' "$output" >&2
  return 1
}

check_node() {
  local version
  version=$(node --version 2>/dev/null) || die "Node is not installed. Install Node $OLDEST_NODE or newer (Debian: nodejs and npm), then run ./setup.sh again."
  is_at_least "$OLDEST_NODE" "$version" || die "Node $OLDEST_NODE or newer is needed to install the npm packages, found $version. Install a newer Node, then run ./setup.sh again."
  command -v npm >/dev/null || die "npm is not installed; it comes with Node, on Debian as a package of its own: apt-get install npm"
}

# Node scripts and npx find node_modules/.bin/node first, which npm brings for Linux on x64 and arm64.
node_for_the_tool_is_there() {
  local version
  version=$(PATH=node_modules/.bin:$PATH node --version 2>/dev/null) && is_at_least "$OWN_NODE" "$version"
}

is_at_least() {
  local major=${2#v}
  [ "${major%%.*}" -ge "$1" ]
}

install_npm_packages() {
  local lock
  lock=$(sha256sum package-lock.json) || die "package-lock.json is missing: this is no whole checkout."
  [ "$(cat "$STAMP" 2>/dev/null)" = "$lock" ] && node_for_the_tool_is_there && return
  say "installing the npm packages (about 30 seconds) ..."
  quietly npm ci --no-audit --no-fund --loglevel=error || die "npm ci failed, see above. Nothing works without the npm packages."
  node_for_the_tool_is_there ||
    die "npm brought no Node $OWN_NODE for $(uname -sm), and the system's is $(node --version). Install Node $OWN_NODE or newer, then run ./setup.sh again."
  printf '%s\n' "$lock" >"$STAMP"
}

# What stays out of reach while a package is missing.
say_consequences() {
  case " $1 " in
    *" bubblewrap "* | *" python3 "* | *" python3-openpyxl "* | *" python3-pandas "*) say "Until then no agent can run: npm start, npm test and trace2skill run will fail. What needs no sandbox works: import, compare, report, doctor, skill lint." ;;
  esac
  case " $1 " in
    *" python3-pil "*) say "Without Pillow, agents cannot crop or turn page images: what they do on documents may fail for no fault of theirs." ;;
  esac
  case " $1 " in
    *" libreoffice-calc-nogui "*) say "Without LibreOffice Calc, formulas cannot be calculated anew: formulas that an agent writes are left without values." ;;
  esac
  case " $1 " in
    *" chromium "*) say "Without Chromium, the tests that open a report in a browser are skipped. Reports themselves need only the browser that you read them with." ;;
  esac
}

leave_to_the_user() {
  say "$2"
  say "    $3"
  say_consequences "$1"
}

install_debian_packages() {
  local missing as_root=() line
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    leave_to_the_user "$(missing_commands)" "this is not Debian. Install by your own package manager what is missing of:" \
      "bubblewrap, python3 with openpyxl, pandas and Pillow, LibreOffice Calc, Chromium for the tests (Debian: bubblewrap python3 python3-openpyxl python3-pandas python3-pil libreoffice-calc-nogui chromium)"
    return
  fi
  missing=$(missing_packages)
  [ -n "$missing" ] || return
  line="apt-get install -y --no-install-recommends $missing"
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || {
      leave_to_the_user "$missing" "Debian packages are missing, and this user is neither root nor may use sudo without a password. Run:" "sudo $line"
      return
    }
    as_root=(sudo -n)
  fi
  say "installing Debian packages: $missing ..."
  # The package lists of a fresh machine are empty or old: fetch them only when the installation needs it.
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive $line >/dev/null 2>&1 && return
  quietly ${as_root[@]+"${as_root[@]}"} apt-get update -qq
  quietly ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive $line && return
  leave_to_the_user "$missing" "apt-get failed, see above. When that is mended, run:" "${as_root[*]:+sudo }$line"
}

# On other systems only commands can be looked for.
missing_commands() {
  command -v bwrap >/dev/null || printf 'bubblewrap '
  command -v python3 >/dev/null || printf 'python3 '
  command -v soffice >/dev/null || printf 'libreoffice-calc-nogui '
  command -v chromium >/dev/null || command -v google-chrome-stable >/dev/null || printf 'chromium '
}

check_node
install_npm_packages
install_debian_packages
exit 0
