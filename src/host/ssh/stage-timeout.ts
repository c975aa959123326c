import type { ConnectOptions } from './reach.js';

const TIMEOUT_MS = 20_000;
const LEAST_MS = 5000;

/** Milliseconds for each stage of a connection. None may last much longer, or a guard on the server would run out meanwhile. */
export function timeLeft({ timeoutMs = TIMEOUT_MS, patience }: ConnectOptions): number {
  const left = patience?.until === undefined ? timeoutMs : patience.until - performance.now();
  return Math.min(timeoutMs, Math.max(left, LEAST_MS));
}
