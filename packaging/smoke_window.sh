#!/usr/bin/env bash
# The real window on a virtual screen: it opens, takes a key and a click on its close button, and
# ends with status 0.   usage: packaging/smoke_window.sh COMMAND [ARGUMENT ...]
set -euo pipefail

if [ -z "${SMOKE_SCREEN:-}" ]; then
    SMOKE_SCREEN=1 exec xvfb-run --auto-servernum --server-args="-screen 0 1440x900x24" "$0" "$@"
fi

unset QT_QPA_PLATFORM
scratch=$(mktemp -d)
export XDG_CONFIG_HOME="$scratch/config" XDG_DATA_HOME="$scratch/data" XDG_CACHE_HOME="$scratch/cache"
said=$scratch/said

# Without a window manager nothing has the focus, and nothing asks a window to close.
openbox --sm-disable >"$scratch/openbox" 2>&1 &
manager=$!
"$@" >"$said" 2>&1 &
app=$!
trap 'kill "$app" "$manager" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$scratch"' EXIT

fail() {
    echo "smoke test: $1" >&2
    cat "$said" >&2
    exit 1
}

# Waits for a condition for as long as a slow machine may need.
within() {
    local seconds=$1 deadline
    shift
    deadline=$((SECONDS + seconds))
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

window_shows() { window=$(xdotool search --onlyvisible --name bpviz 2>/dev/null | head -n 1) && [ -n "$window" ]; }
app_ended() { ! kill -0 "$app" 2>/dev/null; }
shows_or_ended() { window_shows || app_ended; }

window=
within 120 shows_or_ended && [ -n "$window" ] || fail "no window titled bpviz came up"
sleep 2
app_ended && fail "the program ended by itself"
xdotool windowactivate --sync "$window"
xdotool key space
sleep 1
xdotool key space
sleep 1
app_ended && fail "the program ended when Space was pressed"
wmctrl -i -c "$window"
within 20 app_ended || fail "the window did not close"
status=0
wait "$app" || status=$?
[ "$status" -eq 0 ] || fail "it ended with status $status"
grep -q -E "Traceback|QThread: Destroyed" "$said" && fail "it complained"
echo "smoke test: the window opened, took a key and closed with status 0"
