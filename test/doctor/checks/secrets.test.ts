import { describe, expect, it } from 'vitest';
import { secrets } from '../../../src/doctor/checks/secrets.js';
import { probed } from '../../facts.js';
import { contextWith, recorded, seen } from '../../recorded.js';

const context = contextWith();
const output = (...paths: string[]) => probed(`${paths.map((path) => `open=${path}\n`).join('')}looked\n`);

describe('secrets', () => {
  it.each(['bookworm-complete', 'trixie-complete'])('are kept on a real server (%s)', (name) => {
    expect(seen(secrets, recorded('secrets', name), context)).toEqual([]);
  });

  it('that others could read are closed, each by its path as one word', () => {
    const [found] = secrets.see(output('/etc/shadow', "/etc/ssh/it's mine/ssh_host_a_key"), context).findings;
    expect(found).toMatchObject({
      id: 'secrets.modes',
      level: 'change',
      summary: "Keep everybody else on the server out of /etc/shadow, /etc/ssh/it's mine/ssh_host_a_key",
    });
    const script = found?.change?.kind === 'run' ? found.change.script.run : '';
    expect(script).toMatch(
      /^for path in \/etc\/shadow '\/etc\/ssh\/it.*mine\/ssh_host_a_key'; do case \$path in/,
    );
  });

  it('could not be checked where the server did not answer to the end', () => {
    expect(() => secrets.see(probed('open=/etc/shadow\n'), context)).toThrow('did not tell');
  });
});
