#!/usr/bin/env node
import { Command } from 'commander';
import { runCli } from '../shared/cli/cli.ts';
import { stopSignal } from '../shared/cli/cli-signals.ts';
import type { CommandContext } from '../shared/cli/command-context.ts';
import { addCommonOptions } from '../shared/cli/common-options.ts';
import { VERSION } from '../shared/names/version.ts';
import { addInstall, addUninstall } from './commands/install.ts';
import { addSample } from './commands/sample.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addVerify } from './commands/verify.ts';

const program = new Command('fleetkeep-sender')
  .description(
    'Samples this machine (processors, memory, disks, network, sensors) into a local log and sends that to the receiver. ' +
      'While the receiver is away the log waits here; nothing is lost.',
  )
  .version(VERSION)
  .addHelpText('after', '\nExit codes: 0 fine, 1 it failed, 2 wrong usage or configuration.');
addCommonOptions(program);

const context: CommandContext = {
  cwd: process.cwd(),
  nodePath: process.execPath,
  cliPath: import.meta.filename,
  stdout: process.stdout,
  stderr: process.stderr,
  stopSignal,
};
const commands: { readonly [name: string]: (command: Command, context: CommandContext) => void } = {
  start: addStart,
  status: addStatus,
  verify: addVerify,
  sample: addSample,
  install: addInstall,
  uninstall: addUninstall,
};
for (const [name, add] of Object.entries(commands)) {
  const command = program.command(name);
  addCommonOptions(command);
  add(command, context);
}

process.exit(await runCli(program, process.argv));
