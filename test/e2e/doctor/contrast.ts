/** A text of a page with the colours that it is painted in. */
export interface Painted {
  text: string;
  /** Classes of the element and of all around it. */
  states: string[];
  colour: string;
  ground: string;
}

/**
 * Runs in the page, therefore text: every text that is shown, its colour, and the first ground under it that is not transparent.
 * What is hidden from the eye on purpose is left out.
 */
export const paintedTexts = `[...document.querySelectorAll('body, body *')].flatMap((one) => {
  const own = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join(' ').trim();
  if (own === '' || one.closest('.hide, title, desc') || !one.checkVisibility()) return [];
  const around = [];
  for (let at = one; at; at = at.parentElement) around.push(at);
  const grounds = around.map((at) => getComputedStyle(at).backgroundColor);
  const { color, fill } = getComputedStyle(one);
  return [{
    text: own,
    states: around.flatMap((at) => [...at.classList]),
    colour: one instanceof SVGElement ? fill : color,
    ground: grounds.find((ground) => ground !== 'rgba(0, 0, 0, 0)') ?? 'rgb(255, 255, 255)',
  }];
})`;

/** Of all texts; translucent colours have no place here, so they fail. */
export function leastContrast(painted: readonly Painted[]): number {
  return Math.min(...painted.map(({ colour, ground }) => contrast(luminance(colour), luminance(ground))));
}

/** WCAG 2.2, contrast ratio. */
function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [, ...parts] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour) ?? [];
  if (parts.length !== 3) throw new Error(`No plain colour: ${colour}`);
  const [red = 0, green = 0, blue = 0] = parts
    .map((part) => Number(part) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
