/**
 * The part of the environment by which faketime(1) shifts a clock (see scripts/other-days.ts): for programs that are
 * otherwise given an environment of their own, and would see another day than the test.
 */
export const CLOCK = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^LD_PRELOAD$|FAKE/.test(name)),
);
