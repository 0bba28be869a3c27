import { once } from 'node:events';
import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { parseMoment } from '../../shared/cli/parse-moment.ts';
import { errnoOf, UserError } from '../../shared/errors/errors.ts';
import { type LogPaths, logPaths } from '../../shared/log/log.ts';
import { readLines } from '../../shared/log/log-lines.ts';
import { parseLogId } from '../../shared/names/log-id.ts';
import { parseNodeName } from '../../shared/names/node-name.ts';
import { formatMoment } from '../../shared/time/format-time.ts';
import { pathsOf } from '../backup/find-logs.ts';
import { describeRename } from '../fleet/describe-rename.ts';
import { readRenames } from '../fleet/read-nodes.ts';
import type { Rename } from '../fleet/renames.ts';
import { logsRootOf } from '../settings.ts';
import { loadConfigOf } from './command-context.ts';

interface LogOptions {
  readonly since?: number;
  readonly follow?: boolean;
}

/** Lines are handed on in pieces of this size, characters: a line at a time would be slow. */
const PIECE = 64 * 1024;

/** `fleetkeep-receiver log X` */
export function addLog(command: Command, context: CommandContext): void {
  command
    .description("Print a node's log, its compressed segments included.")
    .argument(
      '<node>',
      'name of the node, e.g. kitchen or node-kitchen; node-kitchen@ID for an earlier log of it',
    )
    .option(
      '--since <time>',
      'only from then on: 2026-11-20T22:00 (local time), 2026-11-20T22:00Z, or how long ago, e.g. 90min',
      (text) => parseMoment(text, 'before now', Date.now()),
    )
    .option('-f, --follow', 'go on as the log grows')
    .action(async (name: string, { since: fromMs, follow = false }: LogOptions) => {
      const { config } = await loadConfigOf(command, context);
      const paths = findPaths(logsRootOf(config), name);
      const renames = readRenames(config.receiver.data_directory);
      const now = renames?.nowOf(paths.node);
      await assertThere(paths, now);
      if (now !== undefined) context.stderr.write(`${describeRename(now)} This is its log until then.\n`);
      for (const { node, untilMs } of renames?.before(paths.node).slice(0, 1) ?? [])
        context.stderr.write(
          `Until ${formatMoment(untilMs)} it was called ${node}, with a log of its own.\n`,
        );
      const signal = follow ? context.stopSignal() : undefined;
      await print(readLines(paths, { fromMs, follow, signal }), follow, context.stdout);
    });
}

async function print(
  lines: AsyncIterable<{ text: string }>,
  follow: boolean,
  out: NodeJS.WritableStream,
): Promise<void> {
  let piece = '';
  for await (const { text } of lines) {
    piece += `${text}\n`;
    if (!follow && piece.length < PIECE) continue;
    if (!out.write(piece)) await once(out, 'drain');
    piece = '';
  }
  out.write(piece);
}

/** Where a log lies, by the name that `verify` gives it: `7`, `node-7`, or `node-7@ID` for one that was archived. */
function findPaths(root: string, name: string): LogPaths {
  const [node = '', id] = name.split('@');
  if (id === undefined) return logPaths(root, parseNodeName(node));
  const archivedId = parseLogId(id);
  if (archivedId === undefined) {
    const hint = 'fleetkeep-receiver verify lists them all.';
    throw new UserError('NODE_UNKNOWN', `"${id}" is not the id of a log`, { hint });
  }
  return pathsOf(root, parseNodeName(node), archivedId);
}

async function assertThere(paths: LogPaths, now: Rename | undefined): Promise<void> {
  await access(paths.directory).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
    const hint = now ? describeRename(now) : 'fleetkeep-receiver nodes lists those that are known.';
    throw new UserError('NODE_UNKNOWN', `there is no log of node ${paths.node} in ${paths.root}`, { hint });
  });
}
