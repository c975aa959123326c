/** A promise that is settled from elsewhere. */
export function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // An end that nobody waits for, because the run stopped earlier, is no unhandled rejection.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
