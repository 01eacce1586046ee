# process: remembers which processes a script started, so that it ends those and no others. Sourced, not run.
# A process is named by its pid and its start time: together they mean one process for ever.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

process_started() { # PID -> its start time in clock ticks; nothing when it is gone or a zombie
        sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'
}

process_remember() { # FILE PID
        echo "$2 $(process_started "$2")" > "$1"
}

process_alive() { # FILE
        [ -f "$1" ] || return 1
        read -r process_pid process_start < "$1"
        [ -n "$process_start" ] && [ "$(process_started "$process_pid")" = "$process_start" ]
}

process_stop() { # FILE: TERM, three seconds, KILL
        process_alive "$1" || return 0
        kill "$process_pid" 2>/dev/null || return 0
        for _ in $(seq 30); do
                process_alive "$1" || return 0
                sleep 0.1
        done
        kill -KILL "$process_pid" 2>/dev/null || return 0
}
