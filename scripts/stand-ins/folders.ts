/**
 * Instead of `make-dir`, `sb-scandir` and `sb-promise-queue`. node-ssh comes here for putFiles, putDirectory and getDirectory only, which
 * src/ never calls: files travel on the standard input of our scripts.
 */
export default function missing(): never {
  throw new Error('node-ssh cannot copy folders here: what it takes for that is not bundled');
}

export class PromiseQueue {
  constructor() {
    missing();
  }
}
