#!/usr/bin/env node
import { Command } from 'commander';
import { type AddCommand, runProgram } from '../shared/cli/cli-program.ts';

const program = new Command('fleetkeep-sender').description(
  'Samples this machine (processors, memory, disks, network, sensors) into a local log and sends that to the receiver. ' +
    'While the receiver is away the log waits here; nothing is lost.',
);

/** `start` runs for years, so it does not take the other commands into memory. */
async function commandsFor(first: string | undefined): Promise<Readonly<Record<string, AddCommand>>> {
  if (first === 'start') return { start: (await import('./commands/start.ts')).addStart };
  return (await import('./commands/all-commands.ts')).ALL_COMMANDS;
}

process.exit(await runProgram(program, await commandsFor(process.argv[2]), import.meta.filename));
