/**
 * Pure. Who listens where, from `ss -ltnpH`: TCP port → name of the program, '' where ss does not tell.
 * One line: `LISTEN 0 100 127.0.0.1:1883 0.0.0.0:* users:(("mosquitto",pid=58,fd=5))`
 */
export function programs(ss: string): Map<number, string> {
  const lines = ss.matchAll(/^LISTEN\s+\d+\s+\d+\s+\S+:(\d+)\s+\S+(?:\s+users:\(\("([^"]*)")?/gm);
  return new Map([...lines].map(([, port, program = '']) => [Number(port), program]));
}
