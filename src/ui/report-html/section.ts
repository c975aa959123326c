import { html, type Markup, type Piece } from './markup.js';

/** A part of the page. Without content it is left out. */
export interface Section {
  id: string;
  title: string;
  content: Markup | undefined;
}

/** The parts with their headings, and links to them in front: on a phone the page is long. */
export function sections(all: readonly Section[]): { nav: Markup; main: Markup } {
  const there = all.filter(({ content }) => content !== undefined);
  return {
    nav: html`<nav aria-label="Contents">${there.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
`,
    main: html`${there.map(
      ({ id, title, content }) => html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}</section>
`,
    )}`,
  };
}

/** What few want to read; print unfolds it. */
export function folded(title: Piece, content: Piece): Markup {
  return html`<details><summary>${title}</summary>${content}</details>
`;
}

/** Names and values. */
export function pairs(rows: readonly (readonly [string, Piece])[]): Markup {
  return html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`;
}

/**
 * A table whose first column names its rows; on a narrow screen each row becomes a card. The roles repeat what the elements
 * mean, because some browsers forget it for a table that is displayed as blocks.
 */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Piece[])[],
): Markup {
  return html`<table role="table"><caption class="hide">${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(
    ([head, ...cells]) => html`<tr role="row"><th role="rowheader" scope="row">${head}</th>${cells.map(
      (cell, index) => html`<td role="cell" data-name="${columns[index + 1]}"><div>${cell}</div></td>`,
    )}</tr>
`,
  )}</tbody></table>
`;
}
