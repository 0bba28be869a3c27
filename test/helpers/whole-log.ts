import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Test } from 'tap';
import { logPaths } from '../../shared/log/log.ts';
import { readLog } from '../../shared/log/read-log.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import type { Place, ProgramName } from './programs.ts';
import { until } from './until.ts';

/** A whole copy of a log, its compressed segments included. */
export interface WholeLog {
  readonly bytes: number;
  readonly sha256: string;
  /** What positions and lengths of a log count in. */
  readonly content: Buffer;
  /** The same, decoded: a character of it may be several bytes. */
  readonly text: string;
}

/** Reads a copy of a log below a directory `logs`. */
export async function readWholeLog(logs: string, node: string): Promise<WholeLog> {
  const chunks: Buffer[] = [];
  for await (const { bytes } of readLog(logPaths(logs, parseNodeName(node)))) chunks.push(Buffer.from(bytes));
  const content = Buffer.concat(chunks);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { bytes: content.length, sha256, content, text: content.toString('utf8') };
}

/** The directory of logs of a program, or of the mirror. */
export function logsOf(place: Place, which: ProgramName | 'mirror' | `sender-${string}`): string {
  return join(place.directory, which, 'logs');
}

/** The logs of a sender, and those at the receiver. */
export function logsAt(place: Place, sender: string): { readonly own: string; readonly there: string } {
  return { own: join(place.directory, sender, 'logs'), there: logsOf(place, 'receiver') };
}

/** Waits until the copy at the receiver is that of a sender which has been stopped, byte for byte. */
export async function waitForEqual(
  t: Test,
  logs: { readonly own: string; readonly there: string },
  node: string,
): Promise<WholeLog> {
  const own = await readWholeLog(logs.own, node);
  if (own.bytes === 0) throw new Error(`node ${node} has no log in ${logs.own}, which equals everything`);
  const isEqual = async () => (await readWholeLog(logs.there, node)).sha256 === own.sha256;
  await until(isEqual, { timeoutMs: 15_000, what: `the copies of node ${node} to be equal` });
  t.pass(`node ${node}: ${own.bytes} bytes are equal at the node and the receiver`);
  return own;
}

/** Every sample of a log once, in order: none doubled by a replay. */
export function assertNoneDoubled(t: Test, log: WholeLog): void {
  const times = [...log.text.matchAll(/^\{"t":"([^"]+)","up":/gm)].map(([, time]) => time);
  t.ok(times.length > 0, 'there are samples');
  t.equal(new Set(times).size, times.length, `${times.length} samples, none of them twice`);
}
