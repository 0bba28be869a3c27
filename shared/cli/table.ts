/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Default `left`; numbers stand better at the right. */
  readonly align?: 'left' | 'right' | undefined;
}

/** Between two columns; two blanks, so that a single blank inside a cell is not taken for one. */
const GAP = '  ';

/**
 * A plain table: a line of titles, a line for each row, columns as wide as their longest cell, no blanks at the end of a
 * line. Cells may come from other machines, so control characters (which could rewrite the terminal) become `�`.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map((column) => column.title), ...rows].map((cells) =>
    columns.map((_, index) => printable(cells[index] ?? '')),
  );
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => widthOf(cells[index] ?? ''))));
  return lines.map((cells) => `${formatLine(cells, columns, widths)}\n`).join('');
}

/** Replaces control and direction-changing characters, also line breaks, by `�`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

function formatLine(cells: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
  return columns
    .map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
    .join(GAP)
    .trimEnd();
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(width - widthOf(text));
  return align === 'left' ? text + blanks : blanks + text;
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Characters as people count them; wide ones (CJK) count one, as nothing that is shown here consists of them. */
function widthOf(text: string): number {
  return [...GRAPHEMES.segment(text)].length;
}
