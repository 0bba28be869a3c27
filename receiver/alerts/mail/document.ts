import type { MailImage } from './mail.ts';

/** A piece of a mail. All texts are plain; rendering escapes them. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  /** The sentence that matters. */
  | { readonly kind: 'headline'; readonly text: string }
  /** What is what; the second of each pair is the value. */
  | { readonly kind: 'facts'; readonly title?: string | undefined; readonly facts: readonly Fact[] }
  | { readonly kind: 'list'; readonly title: string; readonly items: readonly string[] }
  /** A picture that stands in the HTML; the text has `alt` instead. */
  | { readonly kind: 'image'; readonly image: MailImage; readonly size: ImageSize; readonly alt: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

/** How large a picture is shown at most, CSS pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** A label and its value. */
export type Fact = readonly [label: string, value: string];

/** The first headline; undefined when there is none. */
export function headlineOf(blocks: readonly Block[]): string | undefined {
  return blocks.find((block) => block.kind === 'headline')?.text;
}

/** The pictures; undefined when there are none. */
export function imagesOf(blocks: readonly Block[]): readonly MailImage[] | undefined {
  const images = blocks.flatMap((block) => (block.kind === 'image' ? [block.image] : []));
  return images.length === 0 ? undefined : images;
}

/** The plain text of a mail: what those read who read mail in a terminal, and what a phone shows as its preview. */
export function renderText(blocks: readonly Block[]): string {
  return `${blocks.map(blockToText).join('\n\n')}\n`;
}

function blockToText(block: Block): string {
  switch (block.kind) {
    case 'text':
    case 'headline':
      return block.text;
    case 'facts':
      return withTitle(block.title, factsToText(block.facts));
    case 'list':
      return withTitle(
        block.title,
        block.items.map((item) => `  - ${item}`),
      );
    case 'image':
      return block.alt;
    case 'link':
      return `${block.text}: ${block.url}`;
    default:
      return block satisfies never;
  }
}

function withTitle(title: string | undefined, lines: readonly string[]): string {
  return [...(title === undefined ? [] : [title]), ...lines].join('\n');
}

function factsToText(facts: readonly Fact[]): string[] {
  const width = Math.max(0, ...facts.map(([label]) => label.length));
  return facts.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
}

const BODY = 'font:15px/1.5 system-ui,sans-serif;max-width:44em';
const LABEL = 'padding:1px 16px 1px 0;text-align:left;vertical-align:top;font-weight:normal;opacity:.65';

/** The same as simple HTML: nothing fetched, readable in a light and in a dark mail program. */
export function renderHtml(blocks: readonly Block[]): string {
  return `<!doctype html>\n<html lang="en"><body style="${BODY}">\n${blocks.map(blockToHtml).join('\n')}\n</body></html>\n`;
}

function blockToHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'headline':
      return `<h1 style="font-size:18px;margin:0 0 12px">${escapeHtml(block.text)}</h1>`;
    case 'facts':
      return `${titleToHtml(block.title)}<table style="border-collapse:collapse">\n${block.facts.map(factToHtml).join('\n')}\n</table>`;
    case 'list':
      return `${titleToHtml(block.title)}<ul>\n${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}\n</ul>`;
    case 'image':
      return imageToHtml(block);
    case 'link':
      return `<p><a href="${escapeHtml(block.url)}">${escapeHtml(block.text)}</a></p>`;
    default:
      return block satisfies never;
  }
}

function imageToHtml({ image, size, alt }: Extract<Block, { kind: 'image' }>): string {
  const style = `display:block;width:100%;max-width:${size.width}px;height:auto;border-radius:6px`;
  // The attributes are for mail programs that know no CSS.
  return `<p><img src="cid:${escapeHtml(image.cid)}" width="${size.width}" alt="${escapeHtml(alt)}" style="${style}"></p>`;
}

function titleToHtml(title: string | undefined): string {
  return title === undefined ? '' : `<p style="margin:16px 0 4px"><b>${escapeHtml(title)}</b></p>\n`;
}

function factToHtml([label, value]: Fact): string {
  return `<tr><th style="${LABEL}">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
