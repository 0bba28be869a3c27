import { readFileSync } from 'node:fs';
import t from 'tap';
import { linkTo } from '../../../../receiver/alerts/mail/link-to.ts';
import { parseRoute } from '../../../../receiver/web/client/src/route.ts';
import type { NodeName } from '../../../../shared/names/node-name.ts';

const APP = new URL('../../../../receiver/web/client/src/app.tsx', import.meta.url);

/** The pages that the web app shows, by the word in the address. */
const PAGES = [...readFileSync(APP, 'utf8').matchAll(/case '([a-z]+)':\n\s+return.*Page/g)].map(
  ([, page]) => page,
);

t.test('every link in a mail leads to a page of the web app', async (t) => {
  t.ok(PAGES.includes('node') && PAGES.includes('alerts'), `the pages are ${PAGES}`);
  for (const base of ['https://fleet.example.org', 'https://fleet.example.org/', 'http://[::1]:8080/keep/']) {
    for (const name of ['7', 'kitchen-2', 'a b/c?d#e%é'] as NodeName[]) {
      const url = new URL(linkTo(base, name).url);
      const route = parseRoute(url.hash);
      t.ok(PAGES.includes(route.page), url.href);
      t.equal(route.name, name);
      t.equal(`${url.origin}${url.pathname}`.replace(/\/$/, ''), base.replace(/\/$/, ''));
    }
    t.ok(PAGES.includes(parseRoute(new URL(linkTo(base, undefined).url).hash).page));
  }
});
