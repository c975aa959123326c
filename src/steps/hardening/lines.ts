/** Stands before a line of ours, so that what an administrator has set himself is never taken for it. */
const MARK = '# broker-setup, hardening: strict\n';
const ADDED = '# broker-setup, hardening: strict, added\n';

/** A line of a file that has no place for additions; every other byte stays. */
export interface LineEdit {
  with(content: string): string;
  without(content: string): string;
}

/** @param shipped the whole line as the distribution ships it; with another value it is somebody's own, and stays */
export const replacedLine = (shipped: string, strict: string): LineEdit => ({
  with: (content) => whole(content, shipped, `${MARK}${strict}`),
  without: (content) => content.replace(`${MARK}${strict}`, () => shipped),
});

export const inTurn = (edits: readonly LineEdit[]): LineEdit => ({
  with: (content) => edits.reduce((text, edit) => edit.with(text), content),
  without: (content) => edits.reduce((text, edit) => edit.without(text), content),
});

/** Adds a line at the end, where `found` shows that nobody has said anything about it. */
export const addedLine = (found: RegExp, strict: string): LineEdit => ({
  with: (content) =>
    found.test(content) ? content : `${content.replace(/[^\n]$/, '$&\n')}${ADDED}${strict}\n`,
  without: (content) => content.replace(`${ADDED}${strict}\n`, ''),
});

function whole(content: string, line: string, by: string): string {
  return content
    .split('\n')
    .map((one) => (one === line ? by : one))
    .join('\n');
}
