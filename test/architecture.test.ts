/**
 * Holds the table of boundaries: who may import whom. It is the lint step's last word, since a linter sees the text of an
 * import only, not where it leads.
 */

import { readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import t, { type Test } from 'tap';
import { importsOf, type Module, readModules } from './helpers/modules.ts';

/** What the parts of shared/ may import of each other. One that is not listed may import all that are. */
const SHARED_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  shape: [],
  checksum: [],
  logging: [],
  time: ['errors'],
  names: ['errors'],
  files: ['errors', 'time', 'names', 'shape'],
  log: ['errors', 'time', 'names', 'files', 'checksum'],
  protocol: ['errors', 'time', 'names', 'files', 'shape', 'checksum'],
  auth: ['errors', 'names'],
  sample: ['errors', 'names'],
  config: ['errors', 'time', 'names', 'files', 'auth'],
  doctor: ['errors', 'files', 'cli'],
};

const MAX_LINES = 300;
const WANTED_PACKAGES = ['systeminformation', 'nodemailer', 'node-cron', 'fs-extra', 'zod', 'commander'];

const modules = readModules(['receiver', 'sender', 'shared']);

t.test('the reader of imports finds every kind of import', async (t) => {
  const source = [
    "import { a } from '../errors/errors.ts';",
    "import type { B } from './b.ts';",
    "import {\n  c,\n  type D,\n} from 'zod';",
    "import './effect.ts';",
    "export { e } from './e.ts';",
    "export type * from './f.ts';",
    "const later = await import('./later.ts');",
    " * import { no } from './comment.ts';",
  ].join('\n');
  t.strictSame(
    importsOf(source, 'shared/x/y.ts').map(
      ({ target, isTypeOnly }) => `${target}${isTypeOnly ? ' (type)' : ''}`,
    ),
    [
      'shared/errors/errors.ts',
      'shared/x/b.ts (type)',
      'zod',
      'shared/x/effect.ts',
      'shared/x/e.ts',
      'shared/x/f.ts (type)',
      'shared/x/later.ts',
    ],
  );
  t.ok(modules.length > 50, 'and it reads the whole project');
});

t.test('receiver and sender never import each other, shared imports neither', async (t) => {
  holds(t, ({ program }, to) => to.program === program || to.program === 'shared');
});

t.test('what others may import of a part stands directly in its folder', async (t) => {
  holds(t, (from, to) => {
    const isOwn = from.program === to.program && from.part === to.part;
    if (isOwn) return true;
    if (to.part === undefined) return from.part === undefined;
    return to.depth === 3;
  });
});

t.test('the parts of shared import downwards only', async (t) => {
  holds(t, (from, to) => {
    if (from.program !== 'shared' || from.part === to.part) return true;
    const allowed = SHARED_MAY_IMPORT[from.part ?? ''] ?? Object.keys(SHARED_MAY_IMPORT);
    return allowed.includes(to.part ?? '');
  });
});

t.test('no import leads back to where it started', async (t) => {
  t.strictSame(findCycles(), []);
});

t.test(`no file is longer than ${MAX_LINES} lines`, async (t) => {
  t.strictSame(
    modules.filter(({ source }) => source.split('\n').length > MAX_LINES + 1).map(({ path }) => path),
    [],
  );
});

t.test('SQL stands only in files called *-store.ts', async (t) => {
  const users = modules.filter(({ imports }) => imports.some(({ target }) => target === 'node:sqlite'));
  t.strictSame(
    users.map(({ path }) => path).filter((path) => !path.endsWith('-store.ts')),
    [],
  );
});

t.test('directories are made by makeDirectory(): what Node.js has may never end', async (t) => {
  const users = modules.filter(({ source }) => /\bmkdir(?:Sync)?\([^)]*recursive/.test(source));
  t.strictSame(
    users.map(({ path }) => path),
    [],
  );
});

t.test('only the command lines read arguments or environment, or end the process', async (t) => {
  const users = modules.filter(({ source }) => /\bprocess\.(?:env|argv|exit\()/.test(source));
  t.strictSame(
    users.map(({ path }) => path).filter((path) => !/\/cli(?:\.ts$|\/)/.test(path)),
    [],
  );
});

t.test('every file of tests is run by "npm run tap" or by "npm run drills"', async (t) => {
  const { include } = parseTaprc(readFileSync('.taprc', 'utf8'));
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const drills = scripts['drills']?.split(' ').filter((word) => word.startsWith('test/')) ?? [];
  const matches = (path: string, globs: readonly string[]) => globs.some((glob) => matchesGlob(path, glob));
  const files = readModules(['test']).flatMap(({ path }) => (path.endsWith('.test.ts') ? [path] : []));
  const wrong = files.filter((path) => matches(path, include) === matches(path, drills));
  t.strictSame(wrong, ['test/architecture.test.ts'], 'which is run by "npm run lint"');
});

t.test('no test and no benchmark starts a process that could outlive it', async (t) => {
  const starters = readModules(['test', 'bench']).filter(({ source }) =>
    /^import \{[^}]*\b(?:spawn|fork|exec|execFile)\b[^}]*\} from 'node:child_process'/m.test(source),
  );
  t.ok(starters.length > 15, 'it finds those that start processes');
  t.strictSame(
    starters.map(({ path, source }) => (/\bguardTest\(/.test(source) ? 'guarded' : path)),
    starters.map(() => 'guarded'),
  );
});

t.test('every package that was asked for is used', async (t) => {
  for (const name of WANTED_PACKAGES) {
    const isIt = ({ target }: { readonly target: string }) =>
      target === name || target.startsWith(`${name}/`);
    const users = modules.filter(({ imports }) => imports.some(isIt)).map(({ path }) => path);
    t.not(users.length, 0, `${name} is imported by ${users.slice(0, 3).join(', ')} (${users.length} in all)`);
  }
});

/** The one list of .taprc that is of interest here. */
function parseTaprc(text: string): { readonly include: readonly string[] } {
  const [, lines = ''] = /^include:\n((?: +- .*\n)+)/m.exec(text) ?? [];
  return { include: [...lines.matchAll(/- "(.*)"/g)].map(([, glob = '']) => glob) };
}

/** Where a file belongs: `receiver/ingest/session.ts` to program `receiver` and part `ingest`, at depth 3. */
interface Place {
  readonly program: string;
  /** Undefined for what puts the parts together: what stands directly in the program's folder, and its commands. */
  readonly part: string | undefined;
  readonly depth: number;
}

function placeOf(path: string): Place {
  const [program = '', folder, ...rest] = path.split('/');
  const isComposition = rest.length === 0 || folder === 'commands';
  return { program, part: isComposition ? undefined : folder, depth: rest.length + 2 };
}

/** Passes when the rule holds for every import of a file of ours; otherwise shows all that break it. */
function holds(t: Test, mayImport: (from: Place, to: Place) => boolean): void {
  const broken = modules.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => /^[^.]+\/.*\.tsx?$/.test(target) && !mayImport(placeOf(path), placeOf(target)))
      .map(({ target }) => `${path} imports ${target}`),
  );
  t.strictSame(broken, []);
}

/** Every cycle met on a walk in depth, as `a → b → a`. What is imported as a type only is gone at run time. */
function findCycles(): readonly string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<Module>();
  const cycles: string[] = [];

  function visit(module: Module, trail: readonly Module[]): void {
    if (trail.includes(module)) {
      const cycle = [...trail.slice(trail.indexOf(module)), module];
      cycles.push(cycle.map(({ path }) => path).join(' → '));
      return;
    }
    if (done.has(module)) return;
    for (const { target, isTypeOnly } of module.imports) {
      const next = isTypeOnly ? undefined : byPath.get(target);
      if (next !== undefined) visit(next, [...trail, module]);
    }
    done.add(module);
  }

  for (const module of modules) visit(module, []);
  return cycles;
}
