import { describe, expect, it } from 'vitest';
import { licences } from '../../scripts/licences.js';

const pack = (name: string, licenseText: string | null, license = 'MIT') => ({
  name,
  version: '1.0.0',
  license,
  licenseText,
  noticeText: null,
});
const TERMS = 'Permission is granted,\nas is.';

describe('the licences of what is bundled', () => {
  it('tell the same words once, below every name and every copyright', () => {
    const text = licences([
      pack('one', `MIT License\n\nCopyright (c) 2020 Ann\nCopyright (c) 2021 Ben\n\n${TERMS}\n`),
      pack('two', `The MIT License (MIT)\r\n\r\nCopyright Cleo\r\n\r\n${TERMS.replace('\n', ' ')}`),
    ]);
    expect(text).toBe(
      [
        'Name: one\nVersion: 1.0.0\nLicense: MIT\nCopyright (c) 2020 Ann\nCopyright (c) 2021 Ben',
        'Name: two\nVersion: 1.0.0\nLicense: MIT\nCopyright Cleo',
        `License Text:\n===\n\nMIT License\n\n${TERMS}`,
      ].join('\n\n'),
    );
  });

  it('keep words apart that differ', () => {
    const text = licences([pack('one', TERMS), pack('two', `${TERMS} But not on Sundays.`)]);
    expect(text.split('\n\n---\n\n')).toEqual([
      expect.stringContaining('Name: one'),
      expect.stringMatching(/Name: two.*Sundays/s),
    ]);
  });

  it('leave words that one package alone has as they are', () => {
    const own = `Some parts:\nCopyright Ann\n${TERMS}\n\nOther parts:\nCopyright Ben\n${TERMS}`;
    expect(licences([pack('one', own)])).toContain(own);
  });

  it('give a package that forgot the text of its licence that text', () => {
    const text = licences([pack('one', TERMS), pack('two', null)]);
    expect(text).toMatch(/Name: one.*Name: two.*License Text:.*Permission/s);
    expect(() => licences([pack('one', TERMS), pack('two', null, 'ISC')])).toThrow(
      /two brings no licence text/,
    );
  });
});
