/** A clock that barks once when nobody has stopped it in time. */
export interface Watchdog {
  pause(): void;
  /** From the beginning. */
  go(): void;
}

/** @param ms milliseconds */
export function watchdog(ms: number, bark: () => void): Watchdog {
  let timer = setTimeout(bark, ms);
  return {
    pause: () => clearTimeout(timer),
    go: () => {
      clearTimeout(timer);
      timer = setTimeout(bark, ms);
    },
  };
}
