import type { BrokerFacts } from '../engine/broker-facts.js';
import { DISTRIBUTION } from '../server-path.js';
import type { Settings } from '../settings/schema.js';
import { sh, verbatim } from '../sh.js';
import { certificateProblems } from './certificate.js';
import { channels } from './channels.js';
import { CHANNELS } from './conf.js';
import { message } from './message.js';
import { WATCH } from './paths.js';
import { serviceProblems, updateProblems } from './server.js';
import { waivers } from './waivers.js';

/** After so many seconds a new problem is looked at again before it is spoken of. */
const PATIENCE = 30;

/**
 * The daily watch, in POSIX sh with what Debian's base has: looks at what can be seen from the server itself, with the
 * thresholds of the steps and of doctor, and tells each channel what has changed since that channel was told the last time.
 * What a channel did not take is tried again at the next run, because only a delivery moves its state.
 */
export function watchScript(broker: BrokerFacts, settings: Settings): string {
  return sh`#!/bin/sh
# Laid down by broker-setup. A timer runs it every day; it may be run by hand as root.
# Looks at the server and speaks up where something has changed.
set -u
PATH=${verbatim(DISTRIBUTION)}
LC_ALL=C
TZ=UTC
export PATH LC_ALL TZ
umask 077

conf=${WATCH.conf}
state=${WATCH.state}
today=$(date +%Y%m%d)
mkdir -p "$state"
# In memory, which a full disk does not touch. systemd names the folder that the sandbox leaves open.
work=$(mktemp -d -p "\${RUNTIME_DIRECTORY:-/run}") || exit 1
trap 'rm -rf "$work"' EXIT

${waivers(settings.accept)}

# What a server may have put into a sentence is made harmless.
problem() { waived "$1" || printf '%s\\t%s\\n' "$1" "$(printf %s "$2" | tr -cd ' -~')"; }

${certificateProblems(broker, settings)}

${serviceProblems(broker)}

${updateProblems()}

look() {
  {
    look_at_certificate
    look_at_services
    look_at_updates
  } 2>/dev/null >"$work/now"
}

# Prints the lines of $3 whose id is in $2 (1), or is not (0).
pick() { awk -F '\\t' -v known="$1" 'FILENAME == ARGV[1] {seen[$1] = 1; next} ($1 in seen) == known' "$2" "$3"; }

# What was accepted meanwhile is not mended.
not_waived() {
  while IFS=$(printf '\\t') read -r id sentence; do
    waived "$id" || printf '%s\\t%s\\n' "$id" "$sentence"
  done
}

${message(settings.hostname, settings.domain)}

${channels()}

# A broker that is being restarted, or a certificate on its way to it, is no news.
has_news() {
  for told in "$state"/told-*; do
    [ ! -e "$told" ] || [ -z "$(pick 0 "$told" "$work/now")" ] || return 0
  done
  return 1
}

look
if has_news; then
  sleep ${PATIENCE}
  look
fi

at=$(date +%Y-%m-%dT%H:%M:%SZ)
current=
failed=
for channel in ${CHANNELS}; do
  address=$(sed -n "s/^$channel=//p" "$conf")
  [ -n "$address" ] || continue
  # Whoever has a new address is told from the beginning.
  told=$state/told-$channel-$(printf %s "$address" | cksum | cut -d ' ' -f 1)
  current="$current $told"
  first= before=$told
  [ -e "$told" ] || { first=yes before=/dev/null; }
  pick 0 "$before" "$work/now" >"$work/new"
  pick 1 "$before" "$work/now" >"$work/remaining"
  pick 0 "$work/now" "$before" | not_waived >"$work/gone"
  if [ -n "$first" ] || [ -s "$work/new" ] || [ -s "$work/gone" ]; then
    compose "$first"
    if ! deliver "$channel" "$address"; then
      failed="$failed The message to $channel was not delivered: $(tail -n 1 "$work/error" | tr -cd ' -~')."
      continue
    fi
  fi
  { cp "$work/now" "$told.new" && mv -f "$told.new" "$told"; } || failed="$failed What $channel was told could not be kept."
done

[ -n "$current" ] || failed=" ${WATCH.conf} names nobody to tell."
if [ -n "$failed" ]; then
  echo "$at FAILED:$failed" >"$state/last"
  echo "broker-setup:$failed" >&2
  exit 1
fi
echo "$at ok" >"$state/last"
for told in "$state"/told-*; do
  case " $current " in *" $told "*) ;; *) rm -f "$told" ;; esac
done
`.run;
}
