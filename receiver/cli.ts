#!/usr/bin/env node
import { Command } from 'commander';
import { runProgram } from '../shared/cli/cli-program.ts';

/** `start` runs for years, so it does not take the other commands into memory. */
async function start(): Promise<number> {
  const { addStart } = await import('./commands/start.ts');
  return await runProgram(new Command('fleetkeep-receiver'), { start: addStart }, import.meta.filename);
}

async function runAny(): Promise<number> {
  const { runAnyCommand } = await import('./commands/all-commands.ts');
  return await runAnyCommand(import.meta.filename);
}

process.exit(await (process.argv[2] === 'start' ? start() : runAny()));
