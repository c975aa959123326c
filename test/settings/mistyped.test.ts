import { describe, expect, it } from 'vitest';
import { fromCommandLine } from '../../src/settings/assign.js';
import { withoutMistyped } from '../../src/settings/mistyped.js';
import { ASKED } from '../../src/settings/wizard.js';
import { settingsWith } from './any-settings.js';

const line = (...set: string[]) => fromCommandLine({ set });

describe('case 260: a value that was mistyped on the command line', () => {
  it('is asked for where there are questions anyway, and named', () => {
    const sorted = withoutMistyped({}, line('domain=MQTT.example.org', 'user.name=ada'), ASKED);
    expect(sorted?.right.map(({ value }) => value)).toEqual(['ada']);
    expect(sorted?.problems).toEqual(['domain is "MQTT.example.org", but must be written mqtt.example.org.']);
  });

  it.each([
    ['nothing is mistyped', {}, ['user.name=ada']],
    ['nothing else is missing', settingsWith(), ['user.name=Ada']],
    ['no question asks for it', {}, ['login.port=ssh']],
    ['the settings file itself is wrong', { exposure: 'all' }, ['user.name=Ada']],
  ])('stays an error where %s', (_, base, set) => {
    expect(withoutMistyped(base, line(...set), ASKED)).toBeUndefined();
  });
});
