import { access } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { UserError } from '../../../shared/errors/errors.ts';
import { isSample } from '../../../shared/log/is-sample.ts';
import { readLastLines } from '../../../shared/log/last-lines.ts';
import { type LogPaths, logPaths } from '../../../shared/log/log.ts';
import { readLines } from '../../../shared/log/log-lines.ts';
import { CounterMemory } from '../../history/counter-memory.ts';
import { parseLine, RATES_LEAD_MS, readValues } from '../../history/read-values.ts';
import { readWindow } from '../../history/read-window.ts';
import { nodeParams } from '../contract/common.ts';
import { logQuery, tailQuery } from '../contract/fleet.ts';
import { beginStream, encodeEvent, PING_MS } from '../event-hub.ts';
import { HttpError } from '../http-error.ts';
import type { WebPorts } from '../ports.ts';
import { presentName } from '../present-name.ts';
import { type Route, route } from '../route.ts';

/** Lines that a tail begins with. */
const LAST_LINES = 100;

/** Tails at once: each looks at its log four times a second. */
const MAX_TAILS = 40;

/** What a reader of a tail may be behind, bytes. */
const MAX_BEHIND = 2 ** 20;

/** The log itself: to take along, and as it comes. */
export function logRoutes(ports: WebPorts): readonly Route[] {
  let tails = 0;
  return [
    route(
      {
        ...{
          method: 'GET',
          path: '/nodes/:name/log',
          who: 'viewer',
          summary: 'A range of the log, as a file.',
        },
        params: nodeParams,
        query: logQuery,
      },
      async ({ params, query: { fromMs, toMs, format }, reply }) => {
        const paths = await pathsOf(params.name, ports);
        const range = { fromMs, toMs };
        const read = (wanted: Range) => windowOf(paths, ports, wanted);
        const lines = format === 'csv' ? csvOf(read, range) : linesOf(read, range);
        const day = new Date(fromMs).toISOString().slice(0, 10);
        reply
          .header('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson')
          .header('content-disposition', `attachment; filename="node-${paths.node}-${day}.${format}"`);
        return Readable.from(lines);
      },
    ),
    route(
      {
        ...{
          method: 'GET',
          path: '/nodes/:name/tail',
          who: 'viewer',
          summary: 'The log as it grows, as events.',
        },
        params: nodeParams,
        query: tailQuery,
      },
      async ({ params, query, reply, isStillKnown }) => {
        const paths = await pathsOf(params.name, ports);
        if (tails >= MAX_TAILS) throw new HttpError(429, 'TOO_MANY', 'Too many logs are being watched.');
        tails += 1;
        const gone = new AbortController();
        const watch = setInterval(() => {
          if (!isStillKnown()) reply.raw.end();
        }, PING_MS);
        reply.raw.on('close', () => {
          clearInterval(watch);
          tails -= 1;
          gone.abort();
        });
        reply.hijack();
        beginStream(reply.raw);
        await follow(paths, query.filter.toLowerCase(), gone.signal, (line) => {
          if (reply.raw.writableLength > MAX_BEHIND) reply.raw.destroy();
          else if (!reply.raw.writableEnded) reply.raw.write(encodeEvent('line', line));
        });
      },
    ),
  ];
}

async function pathsOf(name: string, ports: WebPorts): Promise<LogPaths> {
  const paths = logPaths(ports.logsRoot, presentName(name, ports));
  await access(paths.directory).catch(() => {
    throw new UserError('NODE_UNKNOWN', `there is no log of node ${paths.node} here`);
  });
  return paths;
}

type Range = Parameters<typeof readWindow>[1];

type Read = (range: Range) => ReturnType<typeof readWindow>;

/** What the node wrote under its former names, each until it was given up, and then under its present one. */
async function* windowOf(paths: LogPaths, { logsRoot, renames }: WebPorts, { fromMs, toMs }: Range) {
  for (const { node, untilMs } of renames.before(paths.node).toReversed()) {
    const isThere = untilMs > fromMs;
    if (isThere) yield* readWindow(logPaths(logsRoot, node), { fromMs, toMs: Math.min(toMs, untilMs) });
  }
  yield* readWindow(paths, { fromMs, toMs });
}

async function* linesOf(read: Read, range: Range): AsyncGenerator<string, void, void> {
  let piece = '';
  for await (const { text } of read(range)) {
    piece += `${text}\n`;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** The columns are those of the first sample with rates; the log itself has everything. */
async function* csvOf(read: Read, range: Range): AsyncGenerator<string, void, void> {
  let columns: readonly string[] | undefined;
  const memory = new CounterMemory();
  const withLead = { fromMs: range.fromMs - RATES_LEAD_MS, toMs: range.toMs };
  for await (const { text, atMs } of read(withLead)) {
    const sample = isSample(text) ? parseLine(text) : undefined;
    if (sample === undefined) continue;
    const values = new Map<string, number>();
    const pair = memory.take(sample);
    readValues(pair, (name, value) => values.set(name, value));
    if (atMs < range.fromMs) continue;
    if (columns === undefined && pair.past.length > 0) {
      columns = [...values.keys()];
      yield `${['time', ...columns].map(quote).join(',')}\n`;
    }
    if (columns === undefined) continue;
    yield `${[new Date(atMs).toISOString(), ...columns.map((name) => String(values.get(name) ?? ''))].join(',')}\n`;
  }
}

/** RFC 4180; a name that a spreadsheet would take for a formula is kept from being one. */
function quote(name: string): string {
  const safe = /^[=+\-@]/.test(name) ? `'${name}` : name;
  return `"${safe.replaceAll('"', '""')}"`;
}

async function follow(
  paths: LogPaths,
  filter: string,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<void> {
  const matches = (text: string) => filter === '' || text.toLowerCase().includes(filter);
  const last = await readLastLines(paths, LAST_LINES);
  for (const { text } of last) if (matches(text)) tell(text);
  const newest = last.at(-1);
  const from = newest && { segment: newest.segment, offset: newest.end };
  for await (const { text } of readLines(paths, { from, follow: true, signal }))
    if (matches(text)) tell(text);
}
