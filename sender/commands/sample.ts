import type { Command } from 'commander';
import { environment } from '../../shared/cli/cli-environment.ts';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { hasColours } from '../../shared/cli/has-colours.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { formatSample } from '../sampler/format-sample.ts';
import { startSampler } from '../sampler/sampler.ts';

/** Between the two samples that rates are made of, ms. */
const INTERVAL_MS = 1000;

/** `fleetkeep-sender sample` */
export function addSample(command: Command, context: CommandContext): void {
  command
    .description('Print one sample of this machine: as it stands in the log, or for people on a terminal.')
    .option('--json', 'as it stands in the log, also on a terminal')
    .action(async (options: { readonly json?: boolean }) => {
      await using sampler = await startSampler({});
      const previous = sampler.sample(systemClock.now());
      await systemClock.sleep(INTERVAL_MS);
      const line = sampler.sample(systemClock.now());
      const isForPeople = context.stdout.isTTY === true && options.json !== true;
      const hasColour = hasColours(context.stdout, environment());
      context.stdout.write(isForPeople ? formatSample(line, { previous, hasColour }) : `${line}\n`);
    });
}
