import { Cancelled } from '../errors.js';
import type { Host } from '../host/host.js';
import { type Opening, type OpenRun, openRun } from '../runs/open.js';

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
  try {
    const result = await work(record);
    await record.close('done');
    return result;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await record.close(error instanceof Cancelled ? 'cancelled' : 'failed', message);
    throw error;
  }
}
