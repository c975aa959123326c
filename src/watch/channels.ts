import { type Sh, sh } from '../sh.js';
import { SENDMAIL } from './paths.js';

/**
 * Shell: `deliver CHANNEL ADDRESS` sends what compose has written and fails where that was not taken, with the reason in
 * $work/error. printf belongs to the shell and curl reads the address on its standard input (curl(1), --config), so no list
 * of processes shows it. The headers are those of ntfy's docs ("Message title", "Message priority", "Tags & emojis").
 */
export function channels(): Sh {
  return sh`post() {
  address=$1
  shift
  printf 'url = "%s"\\n' "$address" | curl -q -sS --fail --globoff --proto '=https' --connect-timeout 20 --max-time 60 \\
    --retry 2 --retry-delay 5 -o /dev/null "$@" --config - 2>"$work/error"
}

mail() {
  printf 'To: %s\\nSubject: %s\\nAuto-Submitted: auto-generated\\nContent-Type: text/plain; charset=us-ascii\\n\\n' "$1" "$title" |
    cat - "$work/text" | ${SENDMAIL} -t -oi >"$work/error" 2>&1
}

deliver() {
  case $1 in
    webhook) post "$2" --header 'Content-Type: application/json' --data-binary "@$work/json" ;;
    ntfy) post "$2" --header 'Content-Type: text/plain' --header "Title: $title" --header "Priority: $priority" --header "Tags: $tags" --data-binary "@$work/text" ;;
    mail) mail "$2" ;;
  esac
}`;
}
