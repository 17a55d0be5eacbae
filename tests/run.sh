#!/usr/bin/env bash
# Runs the whole suite: installs what is missing, starts a PostgreSQL of its own, builds strictly, runs every test project.
#   --all       long mode: everything instead of a sample (VS_TEST_ALL=1)
#   --fast      SQLite only, no browser; for work in progress, refused when CI=true
#   --filter X  only tests whose full name contains X (a query such as /*/*/Class/* is passed on as it is)
# The last line is always "N passed, N failed"; ", N skipped" is added when there are any.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

ci="${CI:-false}"
all=no fast=no filter=
while (($#)); do
  case "$1" in
    --all) all=yes ;;
    --fast) fast=yes ;;
    --filter) shift; filter="${1:?--filter needs a part of a name}" ;;
    *) echo "Unknown option: $1 (known: --all, --fast, --filter X)" >&2; exit 2 ;;
  esac
  shift
done
if [[ $fast == yes && $ci == true ]]; then
  echo "--fast leaves tests out, so it is refused when CI=true." >&2
  exit 2
fi

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
export MSBUILDDISABLENODEREUSE=1      # no build process may outlive this script
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0   # hosts by the hundred: what is compiled seldom runs long enough to be worth measuring
passed=0 failed=0 skipped=0 finished=no
not_run=()
child= postgres_pid=
work="$(mktemp -d /tmp/victimsupport-tests-XXXXXX)"   # in /tmp: a unix socket's path is limited to 107 bytes

step() { printf '\n== %s\n' "$*"; }
die() { echo "$*" >&2; exit 1; }

stop_postgres() {
  [[ -n $postgres_pid ]] || return 0
  kill -INT "$postgres_pid" 2>/dev/null || return 0
  for _ in {1..100}; do
    kill -0 "$postgres_pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -QUIT "$postgres_pid" 2>/dev/null || true
  sleep 1
}

finish() {
  local code=$?
  trap - EXIT
  set +e
  [[ -z $child ]] || kill "$child" 2>/dev/null
  stop_postgres
  rm -rf "$work"
  # Whatever stopped the script before its end counts: nobody may read a short run as a green one.
  if [[ $finished == no ]]; then
    ((failed > 0)) || failed=1
    ((code != 0)) || code=1
  fi
  local line="$passed passed, $failed failed"
  ((skipped == 0)) || line+=", $skipped skipped"
  printf '\n%s\n' "$line"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Runs a command with its output shown and kept. The command writes to a file, not to our output:
# a process it leaves behind can then never hold a caller's pipe open.
logged() {
  local log=$1 code=0 reader
  shift
  : >"$log"
  "$@" </dev/null >"$log" 2>&1 &
  child=$!
  tail -n +1 -s 0.2 --pid="$child" -f "$log" &
  reader=$!
  wait "$child" || code=$?
  child=
  wait "$reader" || true
  return "$code"
}

as_postgres() {
  if ((EUID == 0)); then (cd "$work" && runuser -u postgres -- "$@"); else "$@"; fi
}

postgres_programs() {
  local found
  found="$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || true)"
  [[ -n $found ]] || found="$(readlink -f "$(command -v initdb || true)" || true)"
  [[ -n $found ]] && dirname "$found"
}

install_missing() {
  local missing=()
  if [[ $fast == no ]]; then
    postgres_programs >/dev/null || missing+=(postgresql-15)
    [[ -x $VS_TEST_CHROMIUM ]] || missing+=(chromium-headless-shell fonts-liberation)
  fi
  ((${#missing[@]} == 0)) && return 0
  ((EUID == 0)) || die "Missing: ${missing[*]}. Install them (apt-get install ${missing[*]}), or run this script once as root."
  step "Installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  if [[ " ${missing[*]} " == *" postgresql-15 "* ]]; then
    # Debian starts a server of its own with the package; the suite wants the programs only.
    apt-get install -q -y --no-install-recommends postgresql-common
    sed -i 's/^#\?create_main_cluster *=.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  fi
  apt-get install -q -y --no-install-recommends "${missing[@]}"
}

start_postgres() {
  local bin data="$work/data" password port
  bin="$(postgres_programs)" || die "The programs of PostgreSQL were not found."
  password="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  printf '%s\n' "$password" >"$work/password"
  if ((EUID == 0)); then chown -R postgres "$work"; fi
  as_postgres "$bin/initdb" -D "$data" -U postgres -A scram-sha-256 --pwfile="$work/password" \
    -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions >"$work/initdb.log" 2>&1 || { cat "$work/initdb.log" >&2; die "initdb failed."; }
  cat >>"$data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$work'
max_connections = 400
fsync = off
full_page_writes = off
CONF
  # The server itself says whether a port is free: asking first and starting later would be a race.
  for _ in {1..20}; do
    port=$((20000 + RANDOM % 20000))
    if as_postgres "$bin/pg_ctl" -D "$data" -w -t 60 -l "$work/server.log" -o "-p $port" start >"$work/start.log" 2>&1; then
      postgres_pid="$(head -n 1 "$data/postmaster.pid")"
      export VS_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres;Password=$password"
      echo "$("$bin/postgres" --version), process $postgres_pid, port $port"
      return 0
    fi
  done
  tail -n 20 "$work/server.log" >&2
  die "PostgreSQL did not start."
}

count() { sed -n "s/.*[ ,]$2: \([0-9]*\).*/\1/p" <<<"$1"; }

run_project() {
  local name=$1 dll="tests/$1/bin/Release/net10.0/VictimSupport.$1.dll" log="$work/$1.log" code=0 summary total bad errors skips idle
  local arguments=(-noColor)
  [[ -z $filter ]] || if [[ $filter == /* ]]; then arguments+=(-filter "$filter"); else arguments+=(-method "*$filter*"); fi
  step "tests/$name"
  logged "$log" timeout --foreground --kill-after=30 "$([[ $all == yes ]] && echo 6h || echo 45m)" dotnet "$dll" "${arguments[@]}" || code=$?
  summary="$(grep -E "^ +VictimSupport\.$name +Total: [0-9]+" "$log" | tail -n 1 || true)"
  if [[ -z $summary ]]; then
    echo "tests/$name ended without a summary (exit code $code$( ((code == 124)) && echo ', time limit'))." >&2
    failed=$((failed + 1))
    return 0
  fi
  total="$(count "$summary" Total)" bad="$(count "$summary" Failed)" errors="$(count "$summary" Errors)"
  skips="$(count "$summary" Skipped)" idle="$(count "$summary" 'Not Run')"
  passed=$((passed + ${total:-0} - ${bad:-0} - ${skips:-0} - ${idle:-0}))
  failed=$((failed + ${bad:-0} + ${errors:-0}))
  skipped=$((skipped + ${skips:-0}))
  if ((code != 0 && ${bad:-0} + ${errors:-0} == 0)); then
    echo "tests/$name reported no failure but left with exit code $code." >&2
    failed=$((failed + 1))
  fi
  ((${total:-0} > 0)) || not_run+=("tests/$name: no test matched")
  ((${idle:-0} == 0)) || not_run+=("tests/$name: $idle explicit tests, run by name only")
  grep -E '\[(FAIL|SKIP)\]$' "$log" | sed 's/^ */  /' >>"$work/recap" || true
}

# Chromium without its windows: the journeys look at the same pages in two thirds of the time (docs/decisions/0101).
export VS_TEST_CHROMIUM="${VS_TEST_CHROMIUM:-/usr/bin/chromium-headless-shell}"
unset VS_TEST_POSTGRES VS_TEST_ALL
if [[ $all == yes ]]; then export VS_TEST_ALL=1; fi

install_missing
command -v dotnet >/dev/null || die "The .NET SDK named in global.json is needed: https://dotnet.microsoft.com/download"
command -v npm >/dev/null || die "Node.js with npm is needed to build the style sheets and scripts."

step "Building"
restore=(dotnet restore VictimSupport.Platform.sln -v q)
if [[ $ci == true ]]; then restore+=(--locked-mode); fi
logged "$work/restore.log" "${restore[@]}" || die "Restore failed."
logged "$work/build.log" dotnet build VictimSupport.Platform.sln -c Release -v q -nologo --no-restore || die "Build failed."

projects=(Tests)
if [[ $fast == yes ]]; then
  not_run+=("PostgreSQL and tests/Journeys: left out by --fast")
else
  projects+=(Journeys)
  step "Starting PostgreSQL"
  start_postgres
fi
if [[ -z ${VS_TEST_SQLSERVER:-} ]]; then not_run+=("SQL Server: runs in the pipeline"); fi
if [[ $all == no ]]; then not_run+=("Long mode: --all"); fi
if [[ -n $filter ]]; then not_run+=("Tests whose name does not match: $filter"); fi

: >"$work/recap"
for project in "${projects[@]}"; do run_project "$project"; done

if [[ -s $work/recap ]]; then step "Failed or skipped"; cat "$work/recap"; fi
step "Did not run"
printf '  %s\n' "${not_run[@]}"
finished=yes
if ((passed + failed == 0)); then echo "Nothing ran." >&2; exit 1; fi
if ((failed > 0)); then exit 1; fi
if ((skipped > 0)) && [[ $ci == true ]]; then echo "A skipped test is a failure when CI=true." >&2; exit 1; fi
