/** What a terminal would obey: colours, titles, clearing, bells, C1 controls, text turned round, lines that are none. */
export const HOSTILE =
  'a\u001b[31mred\u001b[2J\u001b]0;title\u0007\u001b]8;;http://x\u001b\\link\u001bP+q\u001b\\\r\u0007\u0008\u009b1A\u009d0;t\u009c\u007f\u202egnp\u2066\u2028\u2029\u200b\ufeff\u{e0041}\0z';

/** Matches what must not reach a terminal; only new lines are ours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
export const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\p{Cf}|\p{Zl}|\p{Zp}/u;
