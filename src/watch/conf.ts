import type { Settings } from '../settings/schema.js';
import { BLANK, Secret } from '../sh.js';

/** The ways in which the watch can speak, named as in the settings. */
export const CHANNELS = ['webhook', 'ntfy', 'mail'] as const;

/** Pure. Those that the settings name. */
export function channelsOf({ watch }: Pick<Settings, 'watch'>): (typeof CHANNELS)[number][] {
  return CHANNELS.filter((channel) => watch[channel] !== undefined);
}

/** Pure. watch.conf: one `channel=address` a line. A mail address is shown, the others are secrets. */
export function watchConf(settings: Pick<Settings, 'watch'>): Secret {
  const content = (shown: boolean) =>
    [
      '# Laid down by broker-setup: who is told what the daily watch finds.',
      ...channelsOf(settings).map((channel) => {
        const hidden = shown && channel !== 'mail';
        return `${channel}=${hidden ? BLANK : settings.watch[channel]}`;
      }),
      '',
    ].join('\n');
  return new Secret(content(false), content(true));
}

/** Pure. A watch.conf that was found on a server, with the secrets in it blanked. */
export function blankedConf(content: string): string {
  return content.replace(/^(?!#|mail=)([^=\n]*=)?.+$/gm, (_, name = '') => `${name}${BLANK}`);
}
