#!/usr/bin/env node
import { allWritten, contextOf, runGuarded } from '../shared/cli/cli-process.ts';

const args = process.argv.slice(2);

/** `start` runs for years, so it takes neither the other commands nor what reads a command line into memory. */
async function start(): Promise<number | undefined> {
  const { readStartOrder } = await import('./commands/read-start-order.ts');
  const order = await readStartOrder(args);
  if (order === undefined) return undefined;
  const { runStart } = await import('./commands/run-start.ts');
  const run = async (): Promise<number> => {
    await runStart(order, contextOf(import.meta.filename));
    await allWritten();
    return 0;
  };
  return await runGuarded(run, () => order.config.log_level === 'debug');
}

async function runAny(): Promise<number> {
  const { runAnyCommand } = await import('./commands/all-commands.ts');
  return await runAnyCommand(import.meta.filename);
}

process.exit((args[0] === 'start' ? await start() : undefined) ?? (await runAny()));
