import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A file of the built client, in the ways in which it can be sent. */
export interface StaticFile {
  readonly type: string;
  /** By content encoding; `identity` is always there. */
  readonly bodies: ReadonlyMap<'identity' | 'gzip' | 'br', Buffer>;
  /** Its name changes when it does, so that browsers may keep it for good. */
  readonly isImmutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  webmanifest: 'application/manifest+json',
};

const ENCODINGS = { '.gz': 'gzip', '.br': 'br' } as const;

/**
 * Reads the built client into memory: it is small, and nothing that a request names is ever looked for on the disk. By URL path; empty
 * when it was not built.
 */
export async function readStaticFiles(directory: string): Promise<ReadonlyMap<string, StaticFile>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files = new Map<string, StaticFile>();
  for (const path of paths.filter((one) => !/\.(gz|br)$/.test(one))) {
    const bodies = new Map<'identity' | 'gzip' | 'br', Buffer>([['identity', await readFile(path)]]);
    for (const [ending, encoding] of Object.entries(ENCODINGS)) {
      if (paths.includes(`${path}${ending}`)) bodies.set(encoding, await readFile(`${path}${ending}`));
    }
    const url = `/${relative(directory, path).split(sep).join('/')}`;
    const type = TYPES[url.slice(url.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    files.set(url === '/index.html' ? '/' : url, { type, bodies, isImmutable: url.startsWith('/assets/') });
  }
  return files;
}

/** Chooses how to send a file to somebody who takes these encodings. */
export function chooseBody(
  { bodies }: StaticFile,
  accepted: string,
): { readonly encoding: 'identity' | 'gzip' | 'br'; readonly body: Buffer } {
  for (const encoding of ['br', 'gzip'] as const) {
    const body = bodies.get(encoding);
    if (body !== undefined && new RegExp(`\\b${encoding}\\b`).test(accepted)) return { encoding, body };
  }
  return { encoding: 'identity', body: bodies.get('identity') ?? Buffer.alloc(0) };
}
