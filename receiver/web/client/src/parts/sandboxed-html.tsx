import { useEffect, useRef } from 'preact/hooks';

/** What could act, load or leave the frame is left out of what is shown. */
const UNWANTED = 'script, link, meta, base, iframe, object, embed, form, svg use';

/**
 * Shows HTML from outside in a frame without scripts, forms or requests. It is built there element by element: the policy of these
 * pages forbids styles within HTML, but not those that are set on elements.
 */
export function SandboxedHtml({ html, title }: { html: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const target = frame.current?.contentDocument;
    if (target) buildIn(target, html);
  }, [html]);
  return <iframe ref={frame} class="message" title={title} sandbox="allow-same-origin" />;
}

function buildIn(target: Document, html: string): void {
  const parsed = new DOMParser().parseFromString(renameForbidden(html), 'text/html');
  for (const element of parsed.querySelectorAll(UNWANTED)) element.remove();
  for (const style of parsed.querySelectorAll('style')) style.remove();
  for (const picture of parsed.querySelectorAll('img')) {
    // Those that the receiver put into the text are shown; others would have to be asked for somewhere.
    if (!picture.src.startsWith('data:image/')) picture.replaceWith(`[${picture.alt || 'picture'}]`);
  }
  for (const element of parsed.querySelectorAll('*')) removeUnwantedAttributes(element);
  target.body.replaceChildren(...[...parsed.body.childNodes].map((node) => target.importNode(node, true)));
  target.body.style.cssText = parsed.body.dataset['style'] ?? '';
  for (const element of target.querySelectorAll<HTMLElement>('[data-style]')) {
    element.style.cssText = element.dataset['style'] ?? '';
  }
}

/** Renames styles and handlers before the text is parsed, since the parser complains of each. */
function renameForbidden(html: string): string {
  return html.replace(/<[^>]*>/g, (tag) => tag.replace(/(\s)(style|on\w+)=/gi, '$1data-$2='));
}

function removeUnwantedAttributes(element: Element): void {
  for (const { name } of [...element.attributes]) {
    if (/^on|^(?:srcset|href|background|action|style)$/i.test(name)) element.removeAttribute(name);
  }
}
