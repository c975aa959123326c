import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, prose, trusted, visible, written } from '../../../src/ui/report-html/markup.js';
import { HOSTILE } from './full-report.js';

const DECODED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const decode = (text: string) => text.replace(/&([^;]*);/g, (_, name) => DECODED[name] ?? '(unknown)');
const inside = (text: string) => written(html`${text}`);

describe('html', () => {
  it('lets no value out of the text or the attribute that it stands in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(inside(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
    );
  });

  it('says in the page what the value said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decode(inside(text))).toBe(visible(text));
      }),
    );
  });

  it('escapes each hostile text', () => {
    for (const text of Object.values(HOSTILE)) expect(inside(text)).not.toMatch(/[<>"'\p{Cc}\p{Cf}]/u);
    expect(inside(HOSTILE.script)).toBe('&lt;script&gt;document.title = &quot;taken&quot;&lt;/script&gt;');
  });

  it('escapes in lists as well, once only, and leaves markup alone', () => {
    const page = html`<p>${['<', 1, html`<b>${'&'}</b>`, [undefined, false]]}</p>`;
    expect(written(html`${page}`)).toBe('<p>&lt;1<b>&amp;</b></p>');
  });

  it('takes text of our own as it is', () => {
    expect(written(html`${trusted('a>b')}`)).toBe('a>b');
  });
});

describe('visible', () => {
  it.each([
    ['a\u0000b', 'a[U+0000]b'],
    ['\u001b[31m', '[U+001B][31m'],
    ['\u202egnp', '[U+202E]gnp'],
    ['\u2066\u200f\u200b\ufeff', '[U+2066][U+200F][U+200B][U+FEFF]'],
    ['\u{e0041}', '[U+E0041]'],
    ['half \ud800', 'half [U+D800]'],
    ['line\n\ttab', 'line\n\ttab'],
    ['Zoë 日本 🙂', 'Zoë 日本 🙂'],
  ])('%j', (text, expected) => {
    expect(visible(text)).toBe(expected);
  });
});

describe('prose', () => {
  it.each([
    ['Run `a <b>` now', 'Run <code>a &lt;b&gt;</code> now'],
    ['`a` and `b`', '<code>a</code> and <code>b</code>'],
    ['one ` alone', 'one ` alone'],
    ['`a` then ` alone', '<code>a</code> then ` alone'],
    ['', ''],
  ])('%j', (text, expected) => {
    expect(written(prose(text))).toBe(expected);
  });
});
