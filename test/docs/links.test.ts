import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import t from 'tap';

const ROOT = join(import.meta.dirname, '../..');

/** Every page of ours: those of packages are not. */
async function pages(): Promise<readonly string[]> {
  const top = (await readdir(ROOT)).filter((name) => name.endsWith('.md'));
  const docs = (await readdir(join(ROOT, 'docs'), { recursive: true })).filter((name) =>
    name.endsWith('.md'),
  );
  return [...top, ...docs.map((name) => join('docs', name))];
}

/** Links and pictures of a page, without those in code. */
function linksOf(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors that GitHub makes of the headings of a page. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const prose = markdown.replaceAll(/```[\s\S]*?```/g, '');
  const headings = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

t.test('every link of the documentation leads somewhere', async (t) => {
  const broken: string[] = [];
  let count = 0;
  for (const page of await pages()) {
    const markdown = readFileSync(join(ROOT, page), 'utf8');
    for (const link of linksOf(markdown)) {
      if (/^[a-z]+:/.test(link)) continue;
      count += 1;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
      const isThere = existsSync(target);
      const hasAnchor =
        anchor === undefined || (isThere && anchorsOf(readFileSync(target, 'utf8')).has(anchor));
      if (!isThere || !hasAnchor) broken.push(`${page}: ${link}`);
    }
  }
  t.strictSame(broken, []);
  t.ok(count > 10, `${count} links were followed`);
});

t.test('every page is reached from the README', async (t) => {
  const seen = new Set<string>();
  const queue = ['README.md', 'CHANGELOG.md'];
  for (let page = queue.shift(); page !== undefined; page = queue.shift()) {
    if (seen.has(page)) continue;
    seen.add(page);
    const markdown = readFileSync(join(ROOT, page), 'utf8');
    for (const link of linksOf(markdown)) {
      const [path = ''] = link.split('#');
      if (path.endsWith('.md') && !/^[a-z]+:/.test(path))
        queue.push(relative(ROOT, join(ROOT, dirname(page), path)));
    }
  }
  const lost = (await pages()).filter((page) => !seen.has(page) && !page.startsWith('docs/decisions/'));
  t.strictSame(lost, []);
});
