import { type Sh, sh } from '../sh.js';

/** What a probe printed, one `name=value` a line. A name that is absent from the map was not answered. */
export type Answers = ReadonlyMap<string, string>;

/** Pure. Lines of another form are passed over; of two answers to one name the last counts. */
export function answers(stdout: string): Answers {
  const found = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) found.set(line.slice(0, at), line.slice(at + 1));
  }
  return found;
}

/** Shell that answers `name` with the content of a file, or not at all where there is none. Base64, so content cannot forge answers. */
export function tellFile(name: string, path: string): Sh {
  return sh`if [ -r ${path} ]; then printf '%s=' ${name}; base64 -w0 ${path}; echo; fi`;
}

/** The content that tellFile answered; undefined where there is no file. */
export function toldFile(told: Answers, name: string): string | undefined {
  const encoded = told.get(name);
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}
