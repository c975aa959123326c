import * as v from 'valibot';

/** What a run has done to one file: a unified diff, with secrets blanked. */
const fileDiff = v.object({ path: v.string(), diff: v.string() });

/** Of every line: `at` is set on the server, so that one clock counts; `from` is the address that the server sees. */
const head = { at: v.string(), from: v.exactOptional(v.string()) };

/**
 * One line of a run's log on the server. No entry holds a secret. detail stands apart from change, because a look at the log of
 * a run that was cut off does without it.
 */
const written = v.variant('type', [
  v.object({
    ...head,
    type: v.literal('run'),
    version: v.literal(1),
    login: v.string(),
    tool: v.string(),
    by: v.string(),
    machine: v.string(),
    pid: v.number(),
    command: v.string(),
  }),
  v.object({
    ...head,
    type: v.literal('change'),
    n: v.number(),
    step: v.string(),
    title: v.string(),
    id: v.string(),
    summary: v.string(),
    stays: v.exactOptional(v.string()),
  }),
  v.object({
    ...head,
    type: v.literal('detail'),
    n: v.number(),
    script: v.exactOptional(v.string()),
    files: v.exactOptional(v.array(fileDiff)),
  }),
  v.object({ ...head, type: v.literal('changed'), n: v.number(), code: v.number() }),
  v.object({
    ...head,
    type: v.literal('guard'),
    state: v.picklist(['armed', 'confirmed', 'restored']),
    title: v.string(),
  }),
  v.object({ ...head, type: v.literal('told') }),
  v.object({
    ...head,
    type: v.literal('end'),
    outcome: v.picklist(['done', 'failed', 'cancelled']),
    message: v.exactOptional(v.string()),
  }),
]);

export type Written = v.InferOutput<typeof written>;

/** What a run writes; the server adds the rest. */
export type Entry = Written extends infer One
  ? One extends Written
    ? Omit<One, keyof typeof head>
    : never
  : never;

/** Pure. undefined for what is no entry: the file lies on a server, where others may have written to it. */
export function readEntry(line: string): Written | undefined {
  try {
    const read = v.safeParse(written, JSON.parse(line));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}
