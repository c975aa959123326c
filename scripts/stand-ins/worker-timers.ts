/**
 * Instead of `worker-timers`. mqtt comes here in browsers only, or for its option `timerVariant: 'worker'`, which src/proofs/mqtt.ts
 * never sets. In Node it takes the timers of Node.
 */
function missing(): never {
  throw new Error('worker-timers is not bundled: in Node mqtt takes native timers');
}

export { missing as clearInterval, missing as setInterval };
