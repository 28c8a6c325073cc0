#!/usr/bin/env bash
# The real window on a virtual screen: it opens, takes a key and a click on its close button, and
# ends with status 0.   usage: packaging/smoke_window.sh COMMAND [ARGUMENT ...]
set -euo pipefail

scratch=$(mktemp -d)
said=$scratch/said
jobs_begun=()
trap 'kill "${jobs_begun[@]}" 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT

fail() {
    echo "smoke test: $1" >&2
    cat "$said" >&2
    exit 1
}

# Waits for a condition for as long as a slow machine may need.
within() {
    local deadline=$((SECONDS + $1))
    until "${@:2}"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

window_shows() {
    window=$(xdotool search --onlyvisible --name bpviz 2>/dev/null | tail -n 1) && [ -n "$window" ]
}
app_ended() { ! kill -0 "$app" 2>/dev/null; }
shows_or_ended() { window_shows || app_ended; }

: >"$said"
Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>"$scratch/display" 2>"$scratch/xvfb" &
jobs_begun+=($!)
within 30 test -s "$scratch/display" || fail "no virtual screen: $(cat "$scratch/xvfb")"
DISPLAY=:$(cat "$scratch/display")
export DISPLAY

# Without a window manager nothing has the focus, and nothing asks a window to close.
openbox --sm-disable >"$scratch/openbox" 2>&1 &
jobs_begun+=($!)

# The user's own settings are neither read nor written.
export XDG_CONFIG_HOME=$scratch/config XDG_DATA_HOME=$scratch/data XDG_CACHE_HOME=$scratch/cache
env --unset=QT_QPA_PLATFORM "$@" >"$said" 2>&1 &
app=$!
jobs_begun+=("$app")

window=
within 120 shows_or_ended && [ -n "$window" ] || fail "no window titled bpviz came up"
sleep 2
app_ended && fail "the program ended by itself"
xdotool windowactivate --sync "$window"
for _ in pause resume; do
    xdotool key space
    sleep 1
done
app_ended && fail "the program ended when Space was pressed"
wmctrl -i -c "$window"
within 20 app_ended || fail "the window did not close"
status=0
wait "$app" || status=$?
[ "$status" -eq 0 ] || fail "it ended with status $status"
grep -q -E "Traceback|QThread: Destroyed" "$said" && fail "it complained"
echo "smoke test: the window opened, took a key and closed with status 0"
