import * as v from 'valibot';
import * as is from './formats.js';
import { setting } from './setting.js';

/** Findings that may stay. That each is named once only is said by blocks.ts. */
export const waivers = v.array(
  v.strictObject({
    id: setting(is.findingId, 'Name of the finding, as doctor shows it.', {
      title: 'Which finding?',
      example: 'ufw.docker',
    }),
    reason: setting(is.oneLine, 'Why it may stay, in one line.', {
      title: 'Why may it stay?',
      example: 'The gallery runs in Docker on purpose.',
    }),
    until: setting(v.optional(is.day), 'Last day on which this counts. Leave it out for no end.', {
      title: 'Until when?',
      example: '2027-03-01',
    }),
  }),
  'must be a list of blocks, each with id, reason and, if you like, until',
);
