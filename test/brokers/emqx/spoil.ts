import { type Node, withFile } from './node.js';

/** Something that happens to a server. */
export type Spoil = (node: Node) => Node;

/** A part of a file is said otherwise. */
export const said =
  (path: string, from: string | RegExp, to: string): Spoil =>
  (node) =>
    withFile(node, path, (content) => content.replace(from, to));

/** A file gets one line more. */
export const added =
  (path: string, line: string): Spoil =>
  (node) =>
    withFile(node, path, (content) => `${content}${line}\n`);

/** A file gets another mode or owner. */
export const owned =
  (path: string, other: { mode?: string; owner?: string }): Spoil =>
  (node) => {
    const file = node.files.get(path);
    if (!file) throw new Error(`no ${path}`);
    return { ...node, files: new Map(node.files).set(path, { ...file, ...other }) };
  };

/** A file is gone. */
export const without =
  (path: string): Spoil =>
  (node) => {
    const files = new Map(node.files);
    if (!files.delete(path)) throw new Error(`no ${path}`);
    return { ...node, files };
  };
