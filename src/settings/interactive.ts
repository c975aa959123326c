interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  stdin: { isTTY?: boolean };
  stdout: { isTTY?: boolean };
  stderr: { isTTY?: boolean };
}

/** Whether a person can be asked. Anything else would hang on a silent pipe, or ask where nobody reads it. */
export function isInteractive({ env, stdin, stdout, stderr }: Terminal = process): boolean {
  return Boolean(stdin.isTTY && stdout.isTTY && stderr.isTTY && !env.CI);
}
