import type { LineState } from '../../doctor/report.js';
import { html, type Markup } from './markup.js';

interface Look {
  sign: string;
  /** The state as one word. */
  word: string;
  /** Smaller is shown before. */
  rank: number;
}

/**
 * How each state is shown. The sign tells it as well as the colour; the word tells it to those who hear the page. U+FE0E asks
 * for the letter, where phones would draw an emoji in a colour of its own.
 */
export const STATES: Readonly<Record<LineState, Look>> = {
  problem: { sign: '✖\ufe0e', word: 'Problem', rank: 0 },
  unknown: { sign: '?', word: 'Not checked', rank: 1 },
  warning: { sign: '!', word: 'Warning', rank: 2 },
  ok: { sign: '✔\ufe0e', word: 'In place', rank: 3 },
};

/** A sign for the eye alone: words beside it say the same. */
export function sign(state: LineState): Markup {
  return html`<span class="sign" aria-hidden="true">${STATES[state].sign}</span>`;
}

/** What was judged, with its sign, in its colour. */
export function judged(state: LineState, text: string): Markup {
  return html`<span class="${state}">${sign(state)} <span>${text}</span></span>`;
}
