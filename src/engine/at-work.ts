/** Changes of this process that are under way. The process has one run, and signals are the process's. */
let under = 0;

/** Whether something is being changed now: a signal from a person then waits for its end. */
export const isAtWork = (): boolean => under > 0;

/** Does work that is not to be left half-way where waiting helps. */
export async function atWork<T>(work: () => Promise<T>): Promise<T> {
  under += 1;
  try {
    return await work();
  } finally {
    under -= 1;
  }
}
