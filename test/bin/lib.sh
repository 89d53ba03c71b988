# What the scripts of this folder share: a private copy of the tree, a private
# build, a private cluster and a private simulator. Sourced, never run.
#
# A script that tests something calls enter_private_copy first. That installs
# what is missing, copies the tree into a temporary directory owned by an
# ordinary user, and runs the script again from there as that user. All that
# follows works in the copy, so a read-only checkout, or one that the user
# postgres cannot read, is as good as any; when the script ends, whatever still
# runs in the copy is ended and the copy is removed.

set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

say() { printf '== %s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# ---- which PostgreSQL

newest_installed() {
	local config
	for config in /usr/lib/postgresql/*/bin/pg_config; do
		[ -x "$config" ] && echo "$config"
	done | cut -d/ -f5 | sort -n | tail -n 1
}

# The major version: PGVERSION, PG_CONFIG's, the Debian release's, the newest here.
pg_major() {
	local release=
	[ ! -r /etc/os-release ] || release=$(. /etc/os-release; echo "${ID:-}${VERSION_ID:-}")
	if [ -n "${PGVERSION:-}" ]; then
		echo "$PGVERSION"
	elif [ -n "${PG_CONFIG:-}" ]; then
		"$PG_CONFIG" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/'
	else
		case $release in
			debian12) echo 15 ;;
			debian13) echo 17 ;;
			*) newest_installed | grep . || echo 15 ;;
		esac
	fi
}

find_postgres() {
	major=$(pg_major)
	pg_config=${PG_CONFIG:-/usr/lib/postgresql/$major/bin/pg_config}
	[ -x "$(command -v "$pg_config")" ] || fail "no PostgreSQL $major here ($pg_config)"
	bindir=$("$pg_config" --bindir)
	pgtest=$(dirname "$("$pg_config" --pgxs)")/../test
	export PATH=$bindir:$PATH PG_REGRESS=$pgtest/regress/pg_regress
}

# ---- the private copy

# Copy the tree without what was built in it; tar, because the copy may belong to another user.
copy_tree() {
	mkdir -p "$1/tree"
	tar -C "$top" --exclude=./.git --exclude=./build --exclude=./results \
		--exclude=./test/simulator/obj --exclude=./test/simulator/intent_simulator --exclude='*.o' --exclude='*.so' --exclude='*.bc' -cf - . |
		tar -C "$1/tree" --no-same-owner -xf -
	chmod -R u+rwX,go-w "$1/tree"
}

# Nothing of the caller's may reach a test: connection defaults, proxies, make's flags.
clean_environment() {
	local name
	for name in $(compgen -e); do
		case $name in
			PGVERSION | PG_CONFIG) ;;
			PG* | *_proxy | *_PROXY | MAKEFLAGS | MFLAGS | MAKELEVEL | LANGUAGE) unset "$name" ;;
		esac
	done
	umask 022
	export LC_ALL=C.UTF-8 TZ=UTC
}

# Processes that run in the copy; all that a script starts does, the servers included.
strays() {
	local dir
	for dir in /proc/[0-9]*; do
		case $(readlink "$dir/cwd" 2>/dev/null) in
			"$1" | "$1"/*) echo "${dir#/proc/}" ;;
		esac
	done
}

signal_strays() {
	local pid
	for pid in $(strays "$2"); do kill "-$1" "$pid" 2>/dev/null || true; done
}

# End what still runs: servers by QUIT, so that they give back their shared memory.
end_strays() {
	local try signal
	for try in QUIT QUIT TERM TERM KILL; do
		[ -n "$(strays "$1")" ] || return 0
		signal_strays "$try" "$1"
		sleep 0.3
	done
}

# What a developer wants to look at afterwards, if the tree can take it.
keep_results() {
	[ -d "$1/tree/results" ] && [ -w "$top" ] || return 0
	rm -rf "$top/results"
	cp -r --no-preserve=mode,ownership "$1/tree/results" "$top/results"
}

leave_private_copy() {
	trap '' INT TERM HUP
	[ -z "${inner:-}" ] || kill -KILL "$inner" 2>/dev/null || true
	end_strays "$work"
	keep_results "$work" || true
	rm -rf "$work"
}

# enter_private_copy PACKAGES [ARGUMENT...]: returns only inside the copy.
enter_private_copy() {
	local packages=$1 script user=()
	shift
	if [ -n "${INTENT_WORK:-}" ]; then
		work=$INTENT_WORK
		cd "$top"
		find_postgres
		return
	fi
	script=$(realpath "$0")
	[ -n "${INTENT_INSTALLED:-}" ] || "$top/test/bin/install-packages" "$packages"
	work=$(mktemp -d /tmp/intent_fdw.XXXXXX)
	trap leave_private_copy EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	copy_tree "$work"
	mkdir "$work/tmp" "$work/socket"
	clean_environment
	if [ "$(id -u)" = 0 ]; then
		chown -R postgres: "$work"
		user=(setpriv --reuid=postgres --regid=postgres --init-groups --)
	fi
	cd "$work/.."	# not inside: what runs there is ended when we leave
	INTENT_WORK=$work HOME=$work TMPDIR=$work/tmp "${user[@]}" \
		env --default-signal=INT,QUIT "$work/tree/${script#"$top"/}" "$@" <&0 &
	inner=$!
	wait "$inner"	# so that a signal is acted on at once
	exit
}

# ---- build, cluster, simulator (inside the copy)

# stage: build and install below $work; sets INTENT_SIM and INTENT_EXTCONF. With INTENT_INSTALLED=1 the
# extension that the system has is taken (a package, say), and only the simulator is built.
stage() {
	"$top/test/bin/stage" "$work"
	export INTENT_SIM=$work/bin/intent_simulator INTENT_EXTCONF=$work/extension.conf
}

cluster_conf() {
	cat <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$work/socket'
		fsync = off
		max_connections = 40
		log_line_prefix = '%m [%p] %q%a '
		include '$INTENT_EXTCONF'
		${CLUSTER_CONF:-}
	CONF
}

# cluster_start [PROGRAM]: a new cluster on a socket in the copy; PROGRAM instead of postgres.
cluster_start() {
	local program=()
	[ $# = 0 ] || program=(-p "$1")
	say "starting a private PostgreSQL $major in $work/data"
	initdb -A trust -N -U postgres -E UTF8 --locale=C -D "$work/data" >"$work/initdb.log" ||
		{ cat "$work/initdb.log"; fail "initdb failed"; }
	cluster_conf >>"$work/data/postgresql.conf"
	trap cluster_stop EXIT
	pg_ctl "${program[@]}" -D "$work/data" -l "$work/postgres.log" -w -t 120 start >/dev/null ||
		{ cat "$work/postgres.log"; fail "PostgreSQL did not start"; }
	export PGHOST=$work/socket PGUSER=postgres PGDATABASE=postgres
}

cluster_stop() {
	trap - EXIT
	[ ! -e "$work/data/postmaster.pid" ] ||
		pg_ctl -D "$work/data" -m fast -t 60 stop >/dev/null ||
		pg_ctl -D "$work/data" -m immediate stop >/dev/null
}

# simulator_start [OPTION...]: runs until this script ends; sets INTENT_SIM_URL.
simulator_start() {
	local file=$work/simulator.port
	say "starting the API simulator"
	"$INTENT_SIM" --port 0 --port-file "$file" --parent $$ "$@" >"$work/simulator.log" 2>&1 &
	wait_for_port "$file" $!
	export INTENT_SIM_URL=http://127.0.0.1:$(cat "$file")
}

# wait_for_port FILE PID: until the simulator has written its port, at most 10 s
wait_for_port() {
	local try
	for try in $(seq 500); do
		[ ! -s "$1" ] || return 0
		kill -0 "$2" 2>/dev/null || fail "the simulator ended"
		sleep 0.02
	done
	fail "the simulator did not start within 10 s"
}
