# What matrix, package and the benchmark share: chroots of Debian suites, and of one of Ubuntu's, that carry other
# PostgreSQL majors, made by mmdebstrap. Sourced after lib.sh, never run. Uses $url (mirror), $log, and left, the
# seconds that remain. UBUNTU_MIRROR=URL names another mirror of Ubuntu.

declare -A majors=([bookworm]=15 [noble]=16 [trixie]=17 [forky]=18 [sid]=18 [experimental]=19)

# The Debian mirror of this machine, from either form of its apt sources.
mirror() {
	local sources=(/etc/apt/sources.list /etc/apt/sources.list.d/*)
	{
		grep -hoE '^(URIs:|deb ).*' "${sources[@]}" 2>/dev/null || true
		echo http://deb.debian.org/debian
	} | grep -oE 'https?://[^ ]*/debian/?( |$)' | sed -n 1p | tr -d ' '
}

ubuntu_mirror() { echo "${UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}"; }

# What apt needs inside as outside: a proxy, and old Release files of suites that were archived.
apt_options() {
	apt-config dump | grep -E '^Acquire::https?::Proxy ' | sed 's/^/--aptopt=/' || true
	case $1 in
		bookworm | noble | trixie) ;;
		*) echo '--aptopt=Acquire::Check-Valid-Until "false"' ;;
	esac
}

# As check_packages of install-packages has them.
chroot_clients() {
	echo ",python3-psycopg2,python3-psycopg,default-jdk-headless,libpostgresql-jdbc-java$([ "$1" -gt 18 ] || echo ",postgresql-$1-cron")"
}

chroot_packages() {
	local major=$1
	echo "postgresql-$major,postgresql-server-dev-$major,libcurl4-openssl-dev,libjansson-dev,gcc,libc6-dev,make,libmicrohttpd-dev,zlib1g-dev,perl,libipc-run-perl,libio-pty-perl,openssl,ca-certificates,nginx-light$(chroot_clients "$major")"
}

bootstrap() { timeout -k 10 "$(left)" unshare --mount mmdebstrap --quiet "$@" >"$log" 2>&1; }

# ubuntu_keyring DIR: the keys of Ubuntu's archive as DIR/ubuntu.gpg. Debian 12 has no package of them, Debian 13
# has one: fetched from there, so that a key that Debian 12 has vouches for them.
ubuntu_keyring() {
	local package=ubuntu-archive-keyring options
	local file=/usr/share/keyrings/$package.gpg
	if [ ! -e "$file" ]; then
		mapfile -t options < <(apt_options trixie)
		bootstrap --variant=extract "${options[@]}" --include="$package" trixie "$1/keyring" "$url" || return 1
		file=$1/keyring$file
	fi
	cp "$file" "$1/ubuntu.gpg"
	rm -rf "$1/keyring"
}

# make_root SUITE DIR PACKAGE,... [OPTION...]: a chroot with these packages; options of mmdebstrap
make_root() {
	local suite=$1 dir=$2 base=$1 packages=$3 options more=() ubuntu keys
	shift 3
	mapfile -t options <<<"$(apt_options "$suite")"
	[ -n "${options[0]}" ] || options=()
	if [ "$suite" = experimental ]; then
		base=sid
		more=("deb $url sid main" "deb $url experimental main")
		packages+=,libpq5/experimental,libpq-dev/experimental
	fi
	if [ "$suite" = noble ]; then
		keys=$(dirname "$log")
		ubuntu_keyring "$keys" || return 1
		ubuntu="[signed-by=$keys/ubuntu.gpg] $(ubuntu_mirror)"
		more=("deb $ubuntu noble main universe" "deb $ubuntu noble-updates main universe")
	fi
	bootstrap --variant=apt "${options[@]}" "$@" --include="$packages" "$base" "$dir" "${more[@]:-$url}"
}

# root_with SUITE DIR PACKAGE,... [OPTION...]: the same unless DIR is one already, and an ordinary user in it
root_with() {
	[ ! -e "$2/.complete" ] || return 0
	say "$1: making a chroot from $([ "$1" = noble ] && ubuntu_mirror || echo "$url")"
	rm -rf "$2"
	mkdir -p "$(dirname "$2")"
	make_root "$@" || return 1
	chroot "$2" useradd --create-home --user-group tester
	touch "$2/.complete"
}

# complete_root SUITE DIR [,PACKAGE...]: one with everything that the tests need, and these packages
complete_root() { root_with "$1" "$2" "$(chroot_packages "${majors[$1]}")${3:-}"; }

# in_root COMMAND [NAME=VALUE...]: as an ordinary user, from the copy of the tree in $root. Tests read
# /proc: it is mounted in a mount namespace of the run's own, so that nothing is left of it.
in_root() {
	local command=$1
	shift
	unshare --mount -- sh -c 'mount -t proc proc "$0/proc"; exec "$@"' "$root" \
		chroot --userspec=tester:tester "$root" env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/home/tester \
		PGVERSION="${majors[$suite]}" "$@" sh -c "cd /home/tester/tree && $command"
}

copy_in() {
	rm -rf "$root/home/tester/tree"
	copy_tree "$root/home/tester"
	chroot "$root" chown -R tester:tester /home/tester/tree
}

# What an interrupted run left running in the chroot.
end_run() { [ -z "${root:-}" ] || end_strays "$(realpath -m "$root")"; }
