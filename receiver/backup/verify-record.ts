import { replaceFile } from '../../shared/files/replace-file.ts';
import type { CopiesReport, Verdict } from './copies-report.ts';
import { readJsonFile } from './json-file.ts';

/** What the last verification of a node's log came to. */
export interface Verified {
  /** ms since 1970. */
  readonly atMs: number;
  readonly verdict: Verdict;
  /** The first thing that was found, or that the copies agree. */
  readonly message: string;
}

const VERDICTS: readonly Verdict[] = ['sound', 'not_sound', 'not_proven'];

/** Reads what is recorded, by node; empty where nothing is, or the file cannot be read. */
export async function readVerifyRecord(path: string): Promise<ReadonlyMap<string, Verified>> {
  const file = await readJsonFile(path);
  const nodes = file.kind === 'read' ? file.value['nodes'] : undefined;
  if (typeof nodes !== 'object' || nodes === null) return new Map();
  return new Map(Object.entries(nodes).flatMap(([node, value]) => parse(node, value)));
}

/**
 * Records a verification, whoever asked for it; nodes that it did not look at keep what is
 * recorded.
 *
 * @throws the system's error when the file cannot be written
 */
export async function recordVerification(path: string, report: CopiesReport, atMs: number): Promise<void> {
  const record = new Map(await readVerifyRecord(path));
  for (const { node, name, verdict, findings, doubts, copies } of report.logs) {
    // Of the log that the node writes now, not of one that was archived.
    if (name !== `node-${node}`) continue;
    const message = findings[0]?.what ?? doubts[0] ?? `${copies.length} copies agree`;
    record.set(node, { atMs, verdict, message });
  }
  const nodes = Object.fromEntries(
    [...record].map(([node, { atMs: ms, verdict, message }]) => [
      node,
      { at: new Date(ms).toISOString(), verdict, message },
    ]),
  );
  await replaceFile(path, `${JSON.stringify({ format: 1, nodes }, undefined, 2)}\n`);
}

function parse(node: string, value: unknown): [string, Verified][] {
  const { at, verdict: said, message } = (value ?? {}) as { readonly [key: string]: unknown };
  const atMs = Date.parse(String(at));
  const verdict = VERDICTS.find((one) => one === said);
  return Number.isNaN(atMs) || verdict === undefined
    ? []
    : [[node, { atMs, verdict, message: String(message) }]];
}
