import type { Document } from 'yaml';
import { UsageError } from '../errors.js';
import { MOST, readUserFile, UnfitFile } from '../user-file.js';
import { visible } from './show.js';

/**
 * The content of a settings file: YAML 1.2, so JSON as well. An empty file is {}.
 * @throws UsageError on a file that is missing, unreadable, too long, not UTF-8 or not YAML
 */
export async function readConfig(file: string): Promise<unknown> {
  const text = await readText(file);
  return (await parse(text, file)).toJS({ maxAliasCount: 0 }) ?? {};
}

/** @param most bytes that it may have. @throws UsageError as readConfig */
export async function readText(file: string, most: number = MOST.settings): Promise<string> {
  const bytes = await readUserFile(file, most).catch((cause: unknown) => {
    throw new UsageError(`${visible(file)} cannot be read: ${reason(cause)}.`, [], {
      code: cause instanceof UnfitFile && cause.code === 'too-long' ? 'config-too-long' : 'config-unreadable',
      cause,
    });
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${visible(file)} is not UTF-8 text.`, [], {
      code: 'config-encoding',
      hint: 'Save it as UTF-8; PowerShell writes UTF-16 with ">".',
      cause,
    });
  }
}

/** @throws UsageError with line and column of everything that is wrong, but never with the lines themselves */
export async function parse(text: string, file: string): Promise<Document.Parsed> {
  const { LineCounter, parseDocument, visit } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: true,
    version: '1.2',
  });
  const wrong = [...document.errors, ...document.warnings].map(({ pos, code, message }) => ({
    offset: pos[0],
    message: code === 'DUPLICATE_KEY' ? 'this setting is there twice' : message,
  }));
  visit(document, {
    Alias: (_, { range }) => {
      wrong.push({ offset: range?.[0] ?? 0, message: 'references (*name) are not supported' });
    },
  });
  if (wrong.length === 0) return document;
  const problems = wrong.slice(0, 10).map(({ offset, message }) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${visible(file)}, line ${line}, column ${col}: ${visible(message.split('\n')[0] ?? '')}`;
  });
  throw new UsageError(`${visible(file)} is not valid YAML.`, problems, { code: 'config-syntax' });
}

function reason(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'you have no permission to';
  if (code === 'EISDIR') return 'it is a directory';
  return cause instanceof Error ? visible(cause.message) : 'unknown error';
}
