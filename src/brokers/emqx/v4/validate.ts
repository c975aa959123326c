import { type Sh, sh } from '../../../sh.js';
import { EMQX } from '../facts.js';

/**
 * Lets EMQX's own cuttlefish read emqx.conf, as its start script does; 4.x has no command for that. A start with an unknown key
 * takes 40 s (4.3.5) or 90 s (4.4.19) to fail.
 */
export const validate: Sh = sh`work=$(mktemp -d)
code=0
bash -c '
  . /usr/lib/emqx/releases/emqx_vars || exit 0
  cuttlefish="$RUNNER_ROOT_DIR/bin/cuttlefish"
  [ -e "$cuttlefish" ] || exit 0
  "$RUNNER_ROOT_DIR/erts-$ERTS_VSN/bin/escript" "$cuttlefish" -i "$RUNNER_ROOT_DIR/releases/$REL_VSN/emqx.schema" -c "$1" -d "$2" generate
' - ${EMQX.conf} "$work" || code=$?
rm -rf "$work"
return "$code"`;
