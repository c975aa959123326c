import type { FileChange } from '../../engine/change.js';
import { isAsWanted, type SeenFile } from '../../engine/seen-files.js';
import type { Context, Finding } from '../../engine/step.js';
import { sh } from '../../sh.js';
import { certbotDropIn } from './drop-in.js';
import { CA_FILE, DROP_IN } from './paths.js';

/** Makes certbot trust a private certificate authority, now and at renewals; or forget one that is no longer asked for. */
export function authorityFindings(
  files: ReadonlyMap<string, SeenFile>,
  { settings, laptop }: Context,
): Finding[] {
  if (settings.certificate.ca_bundle === undefined) return leftOver(files);
  if (laptop.caBundle === undefined) return [];
  const wanted = [
    { path: CA_FILE, content: laptop.caBundle },
    { path: DROP_IN, content: certbotDropIn(CA_FILE) },
  ];
  const wrong = wanted.flatMap(({ path, content }): FileChange[] => {
    const seen = files.get(path);
    if (isAsWanted(seen, { content, mode: '0644', owner: 'root:root' })) return [];
    return [
      {
        path,
        content,
        mode: '0644',
        owner: 'root:root',
        before: seen?.content,
      },
    ];
  });
  if (wrong.length === 0) return [];
  return [
    {
      id: 'certbot.ca-bundle',
      level: 'change',
      summary: 'Let certbot trust your private certificate authority',
      change: {
        kind: 'write',
        files: wrong,
        activate: sh`systemctl daemon-reload`,
      },
    },
  ];
}

/** REQUESTS_CA_BUNDLE stands in for the well-known roots, so with it a public authority is not trusted. */
function leftOver(files: ReadonlyMap<string, SeenFile>): Finding[] {
  if (!files.has(DROP_IN)) return [];
  return [
    {
      id: 'certbot.ca-bundle',
      level: 'change',
      summary: 'Let certbot trust the well-known certificate authorities again',
      change: {
        kind: 'run',
        undo: { files: [DROP_IN], activate: sh`systemctl daemon-reload` },
        script: sh`rm -f ${DROP_IN}
systemctl daemon-reload`,
      },
    },
  ];
}
