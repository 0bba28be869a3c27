import type { Command } from 'commander';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { formatBytes } from '../../shared/cli/format.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { logPaths } from '../../shared/log/log.ts';
import type { LostSegments } from '../../shared/log/segment-records.ts';
import { type LogReport, verifyLog } from '../../shared/log/verify-log.ts';
import { formatMoment } from '../../shared/time/format-time.ts';
import { nodeNameOf } from '../membership/ensure-membership.ts';
import { logsRootOf } from '../settings.ts';
import { loadConfigOf } from './command-context.ts';

/** `fleetkeep-sender verify` */
export function addVerify(command: Command, context: CommandContext): void {
  command
    .description('Read the local log from its beginning and check every segment against its SHA-256.')
    .option('--data-directory <dir>', 'where its log is kept')
    .option('--json', 'as JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const { config } = await loadConfigOf(command, context);
      const paths = logPaths(logsRootOf(config), await nodeNameOf(config));
      const report = await verifyLog(paths);
      if (report.id === undefined && report.problems.length === 0) {
        throw new UserError('NODE_UNKNOWN', `there is no log of node ${paths.node} in ${paths.root}`);
      }
      const { segments, bytes, problems } = report;
      const lines = problems.map(
        ({ path, offset, what }) => `${path}${offset === undefined ? '' : `, offset ${offset}`}: ${what}`,
      );
      const found = `node ${paths.node}: ${segments.length} segments, ${formatBytes(bytes)}, `;
      const verdict = problems.length === 0 ? describeSound(report) : `${problems.length} problems`;
      const text =
        options.json === true
          ? JSON.stringify(report, undefined, 2)
          : [`${found}${verdict}`, ...report.lost.map(describeLost), ...lines].join('\n');
      context.stdout.write(`${text}\n`);
      if (problems.length > 0) {
        const hint = 'What the receiver has acknowledged is safe there: fleetkeep-receiver verify.';
        throw new UserError('LOG_DAMAGED', `the local log of node ${paths.node} is damaged`, { hint });
      }
    });
}

/** What is not sealed yet has no sum that could prove it: its lines were looked at. */
function describeSound({ segments }: LogReport): string {
  const open = segments.filter(({ kind }) => kind !== 'sealed');
  const openBytes = open.reduce((sum, { bytes }) => sum + bytes, 0);
  const rest =
    openBytes === 0 ? '' : `; of ${formatBytes(openBytes)} that are not sealed yet every line is whole`;
  return `every sealed segment has its recorded SHA-256${rest}`;
}

function describeLost({ from, reason, atMs, aside }: LostSegments): string {
  const kept = aside === undefined ? '' : `, and kept as ${aside}`;
  return `segment ${from} was given up ${formatMoment(atMs)}: ${reason}${kept}`;
}
