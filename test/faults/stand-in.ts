/** Where test and stand-in leave each other notes on the server; looks at the state of the server pass it over. */
export const NOTES = '/root/kept/break';

/** Before the real one in the path of a run. */
export const STAND_IN_PATH = '/usr/sbin/systemd-run';

/**
 * A stand-in for systemd-run on the server, which stops where the test wants to strike and is the real one otherwise.
 * Notes: `want` holds the id of a finding (or `*`), the position, and for the middle a pause in seconds. It writes
 * `there` and waits for `go`. With `*` it writes into `times` how many milliseconds each change took.
 *
 * `go` says `on` or `never`. never: the work does not begin, as if the run had broken before its script arrived. What
 * would begin it in place of systemd-run is the parent, so that is ended as well.
 */
export const STAND_IN = `#!/bin/sh
notes=${NOTES} change=/run/broker-setup/change real=/usr/bin/systemd-run
case "$*" in *" $change/runner") ;; *) exec "$real" "$@" ;; esac
id=$(grep -o '"id":"[^"]*"' "$change/runner" | head -n 1 | cut -d '"' -f 4)
wanted= position= pause=
read -r wanted position pause 2>/dev/null <"$notes/want"
case $wanted in "$id" | '*') ;; *) exec "$real" "$@" ;; esac

stop() {
  echo "$id $1" >"$notes/there.new"
  mv "$notes/there.new" "$notes/there"
  until [ -e "$notes/go" ]; do sleep 0.02; done
  word=$(cat "$notes/go")
  rm -f "$notes/go"
}
begin() {
  "$real" "$@" &
  work=$!
  until [ -s "$change/pid" ] || ! kill -0 "$work" 2>/dev/null; do :; done
}
tree() { for pid; do echo "$pid"; tree $(cat /proc/"$pid"/task/*/children 2>/dev/null); done; }
freeze() {
  seen=
  until [ "$seen" = "$(tree "$work")" ]; do
    seen=$(tree "$work")
    kill -STOP $seen 2>/dev/null
  done
}

case $position in
before)
  stop before
  if [ "$word" = never ]; then
    kill -KILL "$PPID"
    exit 1
  fi
  begin "$@"
  from=$(date +%s%N)
  wait "$work"
  code=$?
  if [ "$wanted" = '*' ]; then echo "$id $((($(date +%s%N) - from) / 1000000))" >>"$notes/times"; fi
  exit "$code"
  ;;
middle)
  begin "$@"
  sleep "$pause"
  freeze
  if [ -s "$change/code" ]; then stop late; else stop middle; fi
  kill -CONT $(tree "$work") 2>/dev/null
  wait "$work"
  ;;
after)
  "$real" "$@"
  code=$?
  # The change counts as under way as long as somebody holds this.
  exec 9>&-
  stop after
  exit "$code"
  ;;
esac
`;
