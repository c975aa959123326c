import { type Sh, sh } from '../sh.js';

/** Makes a unit in /etc/systemd/system run, or stop, according to whether its file is there. Stopped as long as systemd still knows how. */
export const followUnit = (unit: string): Sh => sh`if [ -e ${`/etc/systemd/system/${unit}`} ]; then
  systemctl daemon-reload; systemctl enable -q ${unit}; systemctl restart ${unit}
else
  systemctl stop ${unit} 2>/dev/null || true
  rm -f /etc/systemd/system/*.wants/${unit}
  systemctl daemon-reload; systemctl reset-failed ${unit} 2>/dev/null || true
fi`;
