#!/bin/sh
# display: a user's desktop without a screen, for tests: X11 (Xvfb and openbox) or Wayland (weston on such an Xvfb, so that
# keys, pointer and screenshots work the same way).
# Runs as: root; everything it starts runs as the user.
# SPDX-License-Identifier: GPL-3.0-or-later
#
#   display.sh up x11|wayland    prints NAME=VALUE lines: HANARE_RIG_USER and what a program of the user needs
#                                (DISPLAY and XAUTHORITY, or WAYLAND_DISPLAY; XDG_RUNTIME_DIR; XDG_SESSION_TYPE)
#   display.sh down              stops what up started
#   display.sh status            prints the lines again; fails when no display is up
#   display.sh run CMD...        runs CMD as the user with those variables and no others but PATH, HOME, USER, LANG
#   display.sh shot FILE.png     the whole screen
#   display.sh pixel X Y         that pixel's colour, as rrggbb
#   display.sh type TEXT         keys;  key NAME... (xdotool's names: ctrl+l, Return);  click X Y [BUTTON];  drag X Y X2 Y2
#   display.sh titles            the titles of all windows, one a line
#   display.sh close             closes the window of the host that has a title, as its user would
#
# HANARE_RIG_USER  the user (default hanare-rig; made when it does not exist, and not removed)
# HANARE_RIG_SIZE  of the screen (default 1600x1000)
set -eu

. "$(dirname "$0")/process.sh"
state=/run/hanare-rig-display
user=${HANARE_RIG_USER:-hanare-rig}
size=${HANARE_RIG_SIZE:-1600x1000}

fail() {
        echo "display: $1" >&2
        exit 1
}

# Runs CMD as the user in place of this shell: no session of PAM, nothing inherited.
become() { # VARIABLE=VALUE... CMD...
        exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups --reset-env \
                env LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin USER="$user" HOME="$(getent passwd "$user" | cut -d: -f6)" "$@"
}

start() { # NAME VARIABLE=VALUE... CMD...
        name=$1
        shift
        (cd / && become "$@" </dev/null >"$state/$name.log" 2>&1 9>&-) &
        process_remember "$state/$name.pid" $!
}

wait_for() { # WHAT NAME CMD...: until CMD succeeds; NAME's process must live
        what=$1
        name=$2
        shift 2
        for _ in $(seq 150); do
                if "$@" >/dev/null 2>&1; then
                        return
                fi
                process_alive "$state/$name.pid" || break
                sleep 0.2
        done
        cat "$state/$name.log" >&2
        fail "$what"
}

take_down() {
        for name in weston openbox xvfb; do
                process_stop "$state/$name.pid"
        done
        rm -rf --one-file-system "$state"
}

make_user() {
        if ! id "$user" >/dev/null 2>&1; then
                useradd --create-home --shell /bin/sh "$user"
                echo "display: made the user $user" >&2
        fi
        [ "$(id -u "$user")" -ge 1000 ] || fail "$user is a system user; name an ordinary one in HANARE_RIG_USER"
}

make_folders() {
        mkdir -p "$state"
        chmod 0755 "$state"
        install -d -m 0700 -o "$user" -g "$(id -g "$user")" "$state/runtime"
        mkdir -p /tmp/.X11-unix
        chown root:root /tmp/.X11-unix
        chmod 1777 /tmp/.X11-unix
}

start_x() {
        xauthority=$state/runtime/Xauthority
        cookie=$(openssl rand -hex 16)
        (become sh -c 'umask 077; : > "$0"; xauth -q -f "$0" add :0 . "$1"' "$xauthority" "$cookie")
        # The server takes every cookie of its file, whatever the display's number in it.
        start xvfb sh -c 'exec Xvfb -displayfd 5 -screen 0 "$1x24" -nolisten tcp -auth "$0" 5> "$2"' "$xauthority" "$size" "$state/runtime/number"
        wait_for "Xvfb did not start" xvfb test -s "$state/runtime/number"
        display=:$(cat "$state/runtime/number")
        (become xauth -q -f "$xauthority" add "$display" . "$cookie")
        wait_for "Xvfb does not answer" xvfb as_user xdotool getmouselocation
}

as_user() { # CMD...: on the X screen, whichever kind of display it carries
        (become DISPLAY="$display" XAUTHORITY="$xauthority" "$@")
}

pixel() { # X Y
        as_user import -silent -window root -crop "1x1+$1+$2" -depth 8 rgb:- | od -An -tx1 | tr -d ' \n'
}

background_is() { # COLOUR
        [ "$(pixel 300 200)" = "$1" ]
}

# weston on X11 adds up steps, and its pointer drifts from the screen's; at both ends of the screen they meet again.
point() { # X Y
        if [ "$(cat "$state/kind")" = wayland ]; then
                as_user xdotool mousemove "${size%x*}" "${size#*x}" sleep 0.1 mousemove 0 0 sleep 0.1
        fi
        as_user xdotool mousemove "$1" "$2"
}

start_weston() {
        cat > "$state/weston.ini" <<-INI
		[core]
		shell=desktop-shell.so
		idle-time=0
		[shell]
		panel-position=none
		background-color=0xff305070
		locking=false
		[output]
		name=X1
		mode=$size
	INI
        start weston DISPLAY="$display" XAUTHORITY="$xauthority" XDG_RUNTIME_DIR="$state/runtime" \
                weston --debug --backend=x11-backend.so --use-pixman --socket=wayland-rig --config="$state/weston.ini"
        wait_for "weston did not start" weston test -S "$state/runtime/wayland-rig"
        wait_for "weston paints nothing" weston background_is 305070
        as_user xdotool mousemove 400 300 # without a window manager keys go to the window below the pointer
}

bring_up() { # x11|wayland
        if [ -f "$state/kind" ] && process_alive "$state/xvfb.pid"; then
                [ "$(cat "$state/kind")" = "$1" ] || fail "a display of the other kind is up: display.sh down"
                cat "$state/settings"
                return
        fi
        take_down
        for program in Xvfb xauth xdotool import setpriv openssl openbox weston; do
                command -v "$program" >/dev/null || fail "$program is not installed: run ./install-deps.sh test"
        done
        make_user
        make_folders
        trap 'take_down' EXIT
        start_x
        if [ "$1" = x11 ]; then
                start openbox DISPLAY="$display" XAUTHORITY="$xauthority" XDG_RUNTIME_DIR="$state/runtime" openbox --sm-disable
                wait_for "openbox did not start" openbox as_user xprop -root -notype _NET_SUPPORTING_WM_CHECK
                printf '%s\n' "DISPLAY=$display" "XAUTHORITY=$xauthority" > "$state/settings"
        else
                start_weston
                printf '%s\n' "WAYLAND_DISPLAY=wayland-rig" > "$state/settings"
        fi
        printf '%s\n' "XDG_RUNTIME_DIR=$state/runtime" "XDG_SESSION_TYPE=$1" "HANARE_RIG_USER=$user" >> "$state/settings"
        printf '%s\n' "$display" "$xauthority" "$user" > "$state/screen"
        echo "$1" > "$state/kind"
        trap - EXIT
        cat "$state/settings"
}

load() {
        if [ ! -f "$state/kind" ] || ! process_alive "$state/xvfb.pid"; then
                fail "no display is up: display.sh up x11|wayland"
        fi
        { read -r display; read -r xauthority; read -r user; } < "$state/screen"
}

run() {
        # shellcheck disable=SC2046 # the settings have no spaces
        set -- $(cat "$state/settings") -- "$@"
        settings=""
        while [ "$1" != -- ]; do
                settings="$settings $1"
                shift
        done
        shift
        # shellcheck disable=SC2086 # the settings have no spaces
        become $settings "$@"
}

[ "$(id -u)" = 0 ] || fail "must run as root, because it becomes the user: use sudo"
command=${1:-}
[ $# = 0 ] || shift
case $command in
up)
        case ${1:-} in
        x11|wayland) ;;
        *) fail "up needs x11 or wayland" ;;
        esac
        exec 9> /run/hanare-rig-display.lock
        flock -w 60 9 || fail "another display.sh holds /run/hanare-rig-display.lock"
        bring_up "$1"
        ;;
down) take_down ;;
status) load; cat "$state/settings" ;;
run) load; run "$@" ;;
shot) load; as_user import -silent -window root png:- > "$1" ;;
pixel) load; pixel "$1" "$2"; echo ;;
type) load; as_user xdotool type --delay 30 -- "$1" ;;
key) load; as_user xdotool key --delay 30 -- "$@" ;;
click) load; point "$1" "$2"; as_user xdotool click "${3:-1}" ;;
drag) load; point "$1" "$2"; as_user xdotool mousedown 1 mousemove "$3" "$4" mouseup 1 ;;
titles)
        load
        if [ "$(cat "$state/kind")" = wayland ]; then
                (run weston-debug scene-graph) | sed -n "s/.*top-level window '\(.*\)'[,)].*/\1/p"
                exit
        fi
        for window in $(as_user xprop -root -notype _NET_CLIENT_LIST 2>/dev/null | grep -o '0x[0-9a-f]*'); do
                as_user xprop -id "$window" -notype _NET_WM_NAME WM_NAME | sed -n 's/^[A-Z_]* = "\(.*\)"$/\1/p' | head -n 1
        done
        ;;
close)
        load
        if [ "$(cat "$state/kind")" = wayland ]; then
                # the frame's button: 26 pixels from its right and 18 from its top, inside a shadow of 32
                # shellcheck disable=SC2046 # four numbers
                set -- $( (run weston-debug scene-graph) | grep -A1 'top-level window' | sed -n 's/.*position: (\(.*\), \(.*\)) -> (\(.*\), .*/\1 \2 \3/p' | head -n 1)
                [ $# = 3 ] || fail "no window to close"
                point $(($3 - 52)) $(($2 + 46))
                as_user xdotool sleep 0.3 click 1
        else
                as_user xdotool key alt+F4
        fi
        ;;
*) sed -n '/^# *display.sh /s/^# *//p' "$0" >&2; exit 2 ;;
esac
