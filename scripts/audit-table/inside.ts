/** Pure. Lynis' hardening index, 0 to 100. @param report what it keeps in /var/log/lynis-report.dat */
export function lynisIndex(report: string): number {
  const index = /^hardening_index=(\d+)$/m.exec(report)?.[1];
  if (index === undefined) throw new Error('Lynis came to no hardening index.');
  return Number(index);
}

/** How much of the system a unit could reach if it were taken over: 0.0 nothing, 10.0 all of it (systemd-analyze(1)). */
export interface Exposure {
  unit: string;
  exposure: number;
}

/** Pure. @param text output of systemd-analyze security UNIT, for one unit after the other */
export function exposures(text: string): Exposure[] {
  const found = text.matchAll(/Overall exposure level for (\S+): ([\d.]+)/g);
  return [...found].map(([, unit = '', exposure]) => ({ unit, exposure: Number(exposure) }));
}
