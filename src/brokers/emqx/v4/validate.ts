import { withRightsOf } from '../../../engine/controlled.js';
import { type Sh, sh, verbatim } from '../../../sh.js';
import { EMQX } from '../facts.js';
import { FILES } from './settings.js';

const PLUGIN_FILES = Object.values(FILES).filter((path) => path !== EMQX.conf);

/** How long reading all files may take, in seconds. */
const SECONDS = 120;

/**
 * Lets EMQX's own cuttlefish read emqx.conf and the files of the plugins, as EMQX does when it starts; there is no command for that
 * in all of 4.x. A start with an unknown key takes 40 s (4.3.5) or 90 s (4.4.19) to fail; a plugin with one is left out, silently.
 * Its folder is named in emqx_vars of 4.3.5, and no longer in that of 4.4.19.
 */
export const validate: Sh = sh`work=$(mktemp -d)
chown ${EMQX.user} "$work"
code=0
# What EMQX's user has written is read, and run, with the rights of that user only.
${withRightsOf(EMQX.user, EMQX.user, SECONDS)} bash -c '
  work=$1 conf=$2
  shift 2
  . /usr/lib/emqx/releases/emqx_vars || exit 0
  root="\${RUNNER_ROOT_DIR:-/usr/lib/emqx}"
  [ -e "$root/bin/cuttlefish" ] || exit 0
  accepts() { "$root/erts-$ERTS_VSN/bin/escript" "$root/bin/cuttlefish" -i "$1" -c "$2" -d "$work" generate; }
  accepts "$root/releases/$REL_VSN/emqx.schema" "$conf" || exit 1
  for file in "$@"; do
    schema=$(ls "$root"/lib/"$(basename "$file" .conf)"-*/priv/*.schema | head -n 1)
    [ ! -e "$file" ] || [ -z "$schema" ] || accepts "$schema" "$file" || { echo "error in $file"; exit 1; }
  done
' - "$work" ${verbatim(EMQX.conf)} ${PLUGIN_FILES} || code=$?
rm -rf "$work"
return "$code"`;
