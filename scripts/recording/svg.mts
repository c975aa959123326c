/** One moment of a terminal: all its lines from the first on, with their colours as escape sequences, and how long it is shown. */
export interface Frame {
  lines: string[];
  seconds: number;
}

const ROWS = 30;
const COLUMNS = 80;
const CELL = { width: 8.4, height: 18 };
const MARGIN = { side: 18, top: 40 };
const FRAME = { width: COLUMNS * CELL.width + 2 * MARGIN.side, height: ROWS * CELL.height + MARGIN.top + 16 };

/** Contrast with the background is above 4.5 for each of them (WCAG 2.2, 1.4.3). */
const GROUND = '#12161c';
const STYLE = `
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre; fill: #d6dbe1 }
.b { font-weight: 700; fill: #fff } .d { fill: #98a2ad } .r { fill: #ff8e88 } .g { fill: #5fd38d } .y { fill: #e3c26f }
.l { fill: #82b7ff } .c { fill: #5fd3cf } .u { text-decoration: underline }
`;

const COLOURS: Readonly<Record<number, string>> = { 1: 'r', 2: 'g', 3: 'y', 4: 'l', 5: 'l', 6: 'c' };

/** A line in one state, and when that is seen. */
interface Shown {
  text: string;
  row: number;
  from: number;
  to: number;
}

/**
 * An animated picture of a terminal in which every line is drawn once for each state it had; nothing but CSS moves it.
 * Where motion is not wanted, it shows the last frame.
 */
export function svg(frames: readonly Frame[], title: string): string {
  const { shown, tops, seconds } = timeline(frames);
  const percent = (time: number) => `${Number(((100 * time) / seconds).toFixed(2))}%`;
  const rules: string[] = [];
  const drawn = shown.map(({ text, row, from, to }, index) => {
    const last = to >= seconds;
    const whole = last && from === 0;
    if (!whole) {
      const end = last ? '' : `${percent(to)}{opacity:0}`;
      rules.push(
        `#t${index}{animation-name:k${index}}@keyframes k${index}{0%{opacity:0}${percent(from)}{opacity:1}${end}}`,
      );
    }
    const marks = whole ? '' : ` id="t${index}"${last ? '' : ' opacity="0"'}`;
    return `<text${marks} y="${row * CELL.height + 14}">${spans(text)}</text>`;
  });
  const moves = tops.map(({ at, top }) => `${percent(at)}{transform:translateY(${-top * CELL.height}px)}`);
  const end = -(tops.at(-1)?.top ?? 0) * CELL.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${FRAME.width} ${FRAME.height}" role="img" aria-label="${xml(title)}">
<title>${xml(title)}</title>
<style>${STYLE}
text, #film { animation: none ${seconds.toFixed(1)}s step-end infinite }
#film { animation-name: film; transform: translateY(${end}px) }
@keyframes film{${moves.join('')}}
${rules.join('\n')}
@media (prefers-reduced-motion: reduce) { text, #film { animation: none !important } }
</style>
<rect width="100%" height="100%" rx="8" fill="${GROUND}" stroke="#3a424d"/>
<g fill="#3a424d"><circle cx="22" cy="20" r="6"/><circle cx="42" cy="20" r="6"/><circle cx="62" cy="20" r="6"/></g>
<svg x="${MARGIN.side}" y="${MARGIN.top}" width="${COLUMNS * CELL.width}" height="${ROWS * CELL.height}"><g id="film">
${drawn.join('\n')}
</g></svg>
</svg>
`;
}

/** Where the window on the lines stands at which time, and which line is seen from when to when. */
function timeline(frames: readonly Frame[]) {
  const shown: Shown[] = [];
  const tops = [{ at: 0, top: 0 }];
  const present = new Map<number, Shown>();
  let now = 0;
  for (const { lines, seconds } of slowed(frames, tops)) {
    for (const row of new Set([...present.keys(), ...lines.keys()])) {
      const before = present.get(row);
      const text = lines[row] ?? '';
      if (before?.text === text) continue;
      if (before) before.to = now;
      present.delete(row);
      if (text === '') continue;
      const state = { text, row, from: now, to: Number.POSITIVE_INFINITY };
      present.set(row, state);
      shown.push(state);
    }
    now += seconds;
  }
  return { shown, tops, seconds: now };
}

/** Many lines at once are rolled by at a speed at which they can be read. */
function slowed(frames: readonly Frame[], tops: { at: number; top: number }[]): Frame[] {
  const secondsPerLine = 0.13;
  let now = 0;
  let top = 0;
  return frames.map(({ lines, seconds }) => {
    const wanted = Math.max(0, lines.length - ROWS);
    let rolled = 0;
    while (wanted - top > 1) {
      top += 1;
      rolled += secondsPerLine;
      tops.push({ at: now + rolled, top });
    }
    if (wanted !== top) tops.push({ at: now + rolled, top: wanted });
    top = wanted;
    now += rolled + seconds;
    return { lines, seconds: rolled + seconds };
  });
}

/** Escape sequences become classes. Each run has a place of its own, so that no font can push the columns apart. */
function spans(line: string): string {
  let column = 0;
  let style = new Set<string>();
  const pieces: string[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  for (const [, codes, text] of line.matchAll(/\u001b\[([\d;]*)m|([ -~]+|[^\u001b])/gu)) {
    if (codes !== undefined) style = restyled(style, codes.split(';').map(Number));
    if (text === undefined) continue;
    if (text.trim() !== '') {
      const classes = style.size > 0 ? ` class="${[...style].join(' ')}"` : '';
      pieces.push(`<tspan x="${Number((column * CELL.width).toFixed(1))}"${classes}>${xml(text)}</tspan>`);
    }
    column += [...text].length;
  }
  return pieces.join('');
}

/** SGR parameters, ECMA-48 section 8.3.117, as far as they occur. */
function restyled(style: ReadonlySet<string>, codes: readonly number[]): Set<string> {
  const next = new Set(style);
  for (const code of codes) {
    if (code === 0) next.clear();
    if (code === 1) next.add('b');
    if (code === 2) next.add('d');
    if (code === 4) next.add('u');
    if (code === 22) for (const one of ['b', 'd']) next.delete(one);
    if (code === 24) next.delete('u');
    const colour = COLOURS[code >= 90 ? code - 90 : code - 30];
    const colours = (code >= 30 && code <= 39) || (code >= 90 && code <= 97);
    if (colours) for (const one of Object.values(COLOURS)) next.delete(one);
    if (colours && code === 90) next.add('d');
    if (colours && colour !== undefined) next.add(colour);
  }
  return next;
}

function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
