import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the project. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** One import of a module. */
export interface ModuleImport {
  /** What is imported: a path from the top of the project, or the name of a package as it is written. */
  readonly target: string;
  /** Whether it is gone when types are stripped. */
  readonly isTypeOnly: boolean;
}

/** One source file. */
export interface Module {
  /** Path from the top of the project, with `/`. */
  readonly path: string;
  readonly source: string;
  readonly imports: readonly ModuleImport[];
}

/** Reads every TypeScript file below these folders of the project. */
export function readModules(folders: readonly string[]): readonly Module[] {
  return folders.flatMap(filesBelow).map((path) => {
    const source = readFileSync(join(ROOT, path), 'utf8');
    return { path, source, imports: importsOf(source, path) };
  });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/node_modules/.test(entry.parentPath))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
}

const STATIC = /^(?:import|export)\s+(type\s+)?(?:[\w$*{}\s,]+\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'/g;

/** Finds static imports, `export … from` and dynamic imports of a source as our formatter leaves it. */
export function importsOf(source: string, path: string): readonly ModuleImport[] {
  const resolved = (target: string) =>
    target.startsWith('.') ? posix.join(posix.dirname(path), target) : target;
  const found = [...source.matchAll(STATIC)].map(([, type, target = '']) => ({
    target: resolved(target),
    isTypeOnly: type !== undefined,
  }));
  const dynamic = [...source.matchAll(DYNAMIC)].map(([, target = '']) => ({
    target: resolved(target),
    isTypeOnly: false,
  }));
  return [...found, ...dynamic];
}
