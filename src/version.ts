import manifest from '../package.json' with { type: 'json' };

/** The version of this program; package.json is where it is written. */
export const version: string = manifest.version;
