import type { Host } from '../host/host.js';
import { type Opening, type OpenRun, openRun } from '../run-log/open.js';

/**
 * Does work under the lock of the server, with a log of it there that ends in what came of it.
 * @throws as openRun() and the work do
 */
export async function underLock<T>(
  host: Host,
  opening: Opening,
  work: (record: OpenRun) => Promise<T>,
): Promise<T> {
  const record = await openRun(host, opening);
  let failure: unknown;
  try {
    return await work(record);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await record.close(failure);
  }
}
