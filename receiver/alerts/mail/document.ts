import type { MailImage } from '../../../shared/mail/mail.ts';

/** A piece of a mail. All texts are plain; rendering escapes them. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  /** The sentence that matters; red when something is wrong, green when it is over. */
  | { readonly kind: 'headline'; readonly text: string; readonly tone?: Tone | undefined }
  /** What is what; the second of each pair is the value. */
  | { readonly kind: 'facts'; readonly title?: string | undefined; readonly facts: readonly Fact[] }
  | { readonly kind: 'list'; readonly title: string; readonly items: readonly string[] }
  /** Lines with columns, in a typeface of fixed width. */
  | { readonly kind: 'lines'; readonly title: string; readonly lines: readonly string[] }
  /** A graph that stands in the HTML; of the plain text its title is a part. */
  | {
      readonly kind: 'image';
      readonly title: string;
      readonly image: MailImage;
      readonly size: ImageSize;
      readonly axes: Axes;
    }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

/** What a headline says. */
export type Tone = 'bad' | 'good';

/** How large a picture is shown at most, CSS pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** What stands at the ends of the axes of a graph. */
export interface Axes {
  readonly top: string;
  readonly bottom: string;
  readonly left: string;
  readonly right: string;
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
    case 'lines':
      return withTitle(
        block.title,
        block.lines.map((line) => `  ${line}`),
      );
    case 'image':
      return `${capitalise(block.title)}.`;
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

const HEADLINE = 'font-size:18px;margin:0 0 12px';

/** Readable on a light and on a dark ground. */
const TONES: Readonly<Record<Tone, string>> = {
  bad: ';color:#d9333f;border-left:4px solid #d9333f;padding-left:10px',
  good: ';color:#1f9d55;border-left:4px solid #1f9d55;padding-left:10px',
};

const LINES = 'font:13px/1.5 ui-monospace,monospace;margin:0;overflow-x:auto';
const AXIS = 'padding:0;font-size:12px;opacity:.65';

/** The same as simple HTML: nothing fetched, readable in a light and in a dark mail program. */
export function renderHtml(blocks: readonly Block[]): string {
  return `<!doctype html>\n<html lang="en"><body style="${BODY}">\n${blocks.map(blockToHtml).join('\n')}\n</body></html>\n`;
}

function blockToHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'headline':
      return `<h1 style="${HEADLINE}${block.tone === undefined ? '' : TONES[block.tone]}">${escapeHtml(block.text)}</h1>`;
    case 'facts':
      return `${titleToHtml(block.title)}<table style="border-collapse:collapse">\n${block.facts.map(factToHtml).join('\n')}\n</table>`;
    case 'list':
      return `${titleToHtml(block.title)}<ul>\n${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}\n</ul>`;
    case 'lines':
      return `${titleToHtml(block.title)}<pre style="${LINES}">${escapeHtml(block.lines.join('\n'))}</pre>`;
    case 'image':
      return imageToHtml(block);
    case 'link':
      return `<p><a href="${escapeHtml(block.url)}">${escapeHtml(block.text)}</a></p>`;
    default:
      return block satisfies never;
  }
}

/** The axes are named by text around the picture, which every program and every reader of screens can read. */
function imageToHtml({ title, image, size, axes }: Extract<Block, { kind: 'image' }>): string {
  const { width } = size;
  const [top, bottom, left, right] = [axes.top, axes.bottom, axes.left, axes.right].map(escapeHtml);
  const style = 'display:block;width:100%;height:auto;border-radius:6px';
  // The attribute is for mail programs that know no CSS.
  const picture = `<img src="cid:${escapeHtml(image.cid)}" width="${width}" alt="${escapeHtml(title)}" style="${style}">`;
  return `${titleToHtml(`${capitalise(title)}:`)}<table style="width:100%;max-width:${width}px;border-collapse:collapse">
<tr><td style="${AXIS}" colspan="2">${top}</td></tr>
<tr><td style="padding:0" colspan="2">${picture}</td></tr>
<tr><td style="${AXIS}">${bottom} · ${left}</td><td style="${AXIS};text-align:right">${right}</td></tr>
</table>`;
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

function capitalise(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
