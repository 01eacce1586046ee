# guest-session: a logind session of a user on seat0, in the booted machine. Sourced, not run.
# A session of its own, because polkit grants "active" to nothing else, and because the end of it must end the zones.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

session_dir=/var/tmp/hanare-session

# The session's first program: X server, window manager, then whatever session_run puts into its folder.
session_write() {
        cat > "$session_dir/session.sh" <<'SESSION'
cd "$HOME" || exit 1
umask 077
export XAUTHORITY="$HOME/.Xauthority" DISPLAY=:7 LANG=C.UTF-8
xauth -q -f "$XAUTHORITY" add :7 . "$(openssl rand -hex 16)"
Xvfb :7 -screen 0 1280x800x24 -nolisten tcp -auth "$XAUTHORITY" &
until xdotool getmouselocation; do sleep 0.5; done
openbox --sm-disable &
: > ready
while :; do
        for job in "$0.d"/*.job; do
                [ -f "$job" ] || continue
                mv "$job" "$job.taken"
                (sh "$job.taken" > "$job.out" 2>&1 < /dev/null; echo $? > "$job.part"; mv "$job.part" "$job.status") &
        done
        sleep 0.4
done
SESSION
}

session_start() { # USER: returns when the X server answers
        mkdir -p "$session_dir/session.sh.d"
        chmod 0755 "$session_dir"
        session_write
        chown "$1" "$session_dir/session.sh.d"
        session_user=$1
        session_home=$(getent passwd "$1" | cut -d: -f6)
        rm -f "$session_home/ready"
        systemd-run -q --unit=hanare-session --uid="$1" -p PAMName=login -p TTYPath=/dev/tty1 -p StandardInput=tty -p StandardOutput=journal \
                -p StandardError=journal -p UtmpIdentifier=tty1 -p UtmpMode=user -p KillMode=mixed -p TimeoutStopSec=10 \
                --setenv=XDG_SEAT=seat0 --setenv=XDG_VTNR=1 --setenv=XDG_SESSION_TYPE=x11 --setenv=XDG_SESSION_CLASS=user \
                sh "$session_dir/session.sh"
        for _ in $(seq 120); do
                [ ! -f "$session_home/ready" ] || return 0
                sleep 0.5
        done
        journalctl -u hanare-session --no-pager | tail -n 20
        return 1
}

session_end() { # as a logout does it
        loginctl terminate-session "$(session_id)"
}

session_id() {
        loginctl list-sessions --no-legend | awk -v user="$session_user" '$3 == user { print $1; exit }'
}

# Runs a shell command in the session; prints what it printed, returns its status, 124 after SECONDS.
session_run() { # SECONDS COMMAND
        session_job=$session_dir/session.sh.d/$(date +%s%N)
        printf '%s\n' "$2" > "$session_job.new"
        chown "$session_user" "$session_job.new"
        mv "$session_job.new" "$session_job.job"
        session_until=$(($(date +%s) + $1))
        until [ -f "$session_job.job.status" ]; do
                if [ "$(date +%s)" -ge "$session_until" ]; then
                        cat "$session_job.job.out" 2>/dev/null
                        return 124
                fi
                sleep 0.2
        done
        cat "$session_job.job.out"
        return "$(cat "$session_job.job.status")"
}
