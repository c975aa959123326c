import { type Sh, sh } from '../sh.js';

/** Discord takes 2000 characters (its docs, "Execute Webhook"), ntfy makes a file of more than 4096 bytes (its docs, "Limits"). */
const LONGEST = 1900;

/**
 * Shell: `compose FIRST` writes $work/text and $work/json from $work/new, gone and remaining, and sets what a channel may
 * say of them beside it. Each problem is a line of printable ASCII, `id<TAB>sentence`, so JSON needs two escapes only (RFC 8259).
 */
export function message(name: string, domain: string): Sh {
  return sh`section() {
  [ -s "$2" ] || return 0
  printf '\\n%s\\n' "$1"
  cut -f 2- "$2" | sed 's/^/- /'
}

text() {
  printf '%s\\n' "$headline"
  section "$1" "$work/new"
  section 'No longer:' "$work/gone"
  section 'Still there:' "$work/remaining"
  [ ! -s "$work/now" ] || printf '\\nWhat to do: run "npx broker-setup doctor" on your own computer.\\n'
}

json_string() { sed 's/[\\\\"]/\\\\&/g' | awk 'BEGIN {printf "\\""} {printf "%s%s", (NR == 1 ? "" : "\\\\n"), $0} END {printf "\\""}'; }

json_list() { sed -e 's/[\\\\"]/\\\\&/g' -e 's/\\([^\\t]*\\)\\t\\(.*\\)/{"id":"\\1","summary":"\\2"}/' "$1" | paste -s -d , - | sed 's/.*/[&]/'; }

compose() {
  about=${`${name} (${domain})`}
  begin='New:' priority=high tags=warning
  if [ -s "$work/new" ]; then
    headline="$about: something is wrong."
  elif [ -s "$work/now" ]; then
    headline="$about: something was mended." priority=default tags=information_source
  else
    headline="$about: all is well again." priority=default tags=white_check_mark
  fi
  if [ -n "$1" ]; then
    if [ -s "$work/new" ]; then
      headline="The daily watch of $about begins. This is wrong now, and from now on it speaks only when something changes."
      begin='Wrong:'
    else
      headline="The daily watch of $about begins. All is well, and from now on it speaks only when something changes."
    fi
  fi
  title=\${headline%%. *}
  title=\${title%.}
  text "$begin" | head -c ${LONGEST} >"$work/text"
  spoken=$(json_string <"$work/text")
  printf '{"text":%s,"content":%s,"server":"%s","domain":"%s","new":%s,"gone":%s,"remaining":%s}\\n' \\
    "$spoken" "$spoken" ${name} ${domain} \\
    "$(json_list "$work/new")" "$(json_list "$work/gone")" "$(json_list "$work/remaining")" >"$work/json"
}`;
}
