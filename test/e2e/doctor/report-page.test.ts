import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { visible } from '../../../src/ui/report-html/markup.js';
import { reportHtml } from '../../../src/ui/report-html.js';
import { FULL, HOSTILE, OUTSIDE } from '../../ui/report-html/full-report.js';
import { leastContrast, type Painted, paintedTexts } from './contrast.js';

/** Debian's own; nothing is ever downloaded. */
const CHROMIUM = '/usr/bin/chromium';

let folder: string;
let browser: BrowserContext;
let page: Page;
let url: string;
const requests: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broker-setup-report-'));
  await writeFile(join(folder, 'full.html'), reportHtml(FULL));
  await writeFile(join(folder, 'outside.html'), reportHtml(OUTSIDE));
  url = pathToFileURL(join(folder, 'full.html')).href;
  browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  page = await browser.newPage();
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  requests.length = 0;
  complaints.length = 0;
  await page.goto(url);
});

const unfold = () =>
  page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })');
/** What a reader sees of it: what is folded or hidden is not there. */
const shown = (selector: string) => page.evaluate<string>(`document.querySelector('${selector}').innerText`);
const texts = (selector: string) => page.locator(selector).allTextContents();
/** As a reader sees the text of a report: white space runs together, except where it is a server's own. */
const oneLine = (text: string) => visible(text).replaceAll('`', '').replace(/\s+/g, ' ').trim();

describe('the page', () => {
  it('asks for nothing but itself, and the browser has nothing to complain about', () => {
    expect(requests).toEqual([url]);
    expect(complaints).toEqual([]);
  });

  it('says what it is: title, language, landmarks, headings', async () => {
    expect(await page.title()).toBe('2 problems, 1 could not be checked: broker.example.org, 2025-09-14');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    for (const landmark of ['banner', 'main', 'contentinfo', 'navigation'] as const)
      expect(await page.getByRole(landmark).count(), landmark).toBe(1);
    expect(await texts('h1')).toEqual(['broker.example.org']);
    const sections = [
      'What was found',
      'No longer found',
      'Certificates',
      'Ports',
      'Who can log in',
      'Facts',
    ];
    expect(await texts('h2')).toEqual(sections);
    for (const name of sections) expect(await page.getByRole('region', { name }).count(), name).toBe(1);
    for (const { title } of FULL.groups)
      expect(await page.getByRole('heading', { name: title }).count()).toBe(1);
  });

  it('says the verdict and the counts', async () => {
    expect(await shown('.verdict')).toContain('2 problems, 1 could not be checked.');
    expect(oneLine(await shown('.counts'))).toMatch(
      /6 in place .*2 problems .*2 warnings .*1 not checked .*1 accepted/,
    );
  });

  it('shows each finding that matters without a click, and the others with one', async () => {
    const seen = async () => oneLine(await shown('main'));
    const loud = FULL.findings.filter(({ state, accepted }) => state !== 'ok' || accepted);
    const before = await seen();
    for (const { id, summary, detail = '', why = '', mend = '', accepted } of loud)
      for (const text of [id, summary, detail, why, mend, accepted?.reason ?? ''])
        expect(before, id).toContain(oneLine(text));
    await unfold();
    const after = await seen();
    for (const { summary } of FULL.findings) expect(after).toContain(oneLine(summary));
  });

  it('makes text of hostile text', async () => {
    await unfold();
    const all = oneLine(await shown('body'));
    for (const text of Object.values(HOSTILE)) expect(all).toContain(oneLine(text));
    expect(await page.locator('script, img, iframe, #taken, [onerror], [onmouseover], [style]').count()).toBe(
      0,
    );
    expect(await page.locator('title').count()).toBe(2);
    expect(await page.locator('style').count()).toBe(1);
  });

  it('has tables that stay tables for those who hear them, on a phone as well', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    const ports = page.getByRole('table', { name: 'Ports, inside against outside' });
    expect(await ports.getByRole('columnheader').count()).toBe(6);
    expect(await ports.getByRole('rowheader').count()).toBe(FULL.ports.length);
    expect(
      await ports.getByRole('row', { name: /8883\/tcp.*wanted, but not open at 2001:db8/ }).count(),
    ).toBe(1);
    expect(await texts('th:not([scope])')).toEqual([]);
  });

  it('tells the timeline in words, too', async () => {
    const picture = page.getByRole('img', { name: 'Certificates and renewals over time' });
    expect(await picture.count()).toBe(1);
    const told = await picture.locator('desc').textContent();
    expect(told).toContain('valid until 25 Oct 2025, for another 40 days');
    expect(await shown('#certificates + p')).toBe(told);
  });
});

describe.each([360, 1280])('%d pixels wide', (width) => {
  it.each(['full.html', 'outside.html'])('%s needs no scrolling sideways', async (file) => {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(new URL(file, url).href);
    await unfold();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const sticksOut = `[...document.querySelectorAll('body *')].filter((one) => {
      const { left, right } = one.getBoundingClientRect();
      return left < -1 || right > ${width + 1};
    }).map((one) => one.outerHTML.slice(0, 200))`;
    expect(await page.evaluate(sticksOut)).toEqual([]);
  });
});

describe.each([
  ['screen', 'light'],
  ['screen', 'dark'],
  ['print', 'dark'],
] as const)('on %s, in %s', (media, colorScheme) => {
  it('every text stands out from its ground by 4.5:1 at least', async () => {
    await page.emulateMedia({ media, colorScheme });
    await unfold();
    const painted = await page.evaluate<Painted[]>(paintedTexts);
    for (const state of ['ok', 'problem', 'warning', 'unknown', 'accepted'])
      expect(
        painted.some(({ states }) => states.includes(state)),
        state,
      ).toBe(true);
    expect(painted.some(({ text }) => text.startsWith('This check-up'))).toBe(true);
    expect(leastContrast(painted)).toBeGreaterThanOrEqual(4.5);
  });
});

describe('in print', () => {
  it('unfolds what is folded, in light colours', async () => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const folded = `document.querySelector('details:not([open]) li').checkVisibility({ contentVisibilityAuto: true })`;
    // The browser unfolds with its next frame.
    await expect.poll(() => page.evaluate(folded)).toBe(true);
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe('rgb(255, 255, 255)');
  });

  it('becomes a PDF', async () => {
    await page.emulateMedia({ media: null });
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const box = /\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf.toString('latin1')) ?? [];
    // A4, 210 × 297 mm, in points.
    expect(box.slice(1).map(Number).map(Math.floor)).toEqual([594, 841]);
  });
});
