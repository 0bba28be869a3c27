#!/usr/bin/env node
import { Command } from 'commander';
import { runCli } from '../shared/cli/cli.ts';
import { stopSignal } from '../shared/cli/cli-signals.ts';
import type { CommandContext } from '../shared/cli/command-context.ts';
import { addCommonOptions } from '../shared/cli/common-options.ts';
import { VERSION } from '../shared/names/version.ts';
import { addBackup } from './commands/backup.ts';
import { addLog } from './commands/log.ts';
import { addNodes } from './commands/nodes.ts';
import { addRestore } from './commands/restore.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addTestEmail } from './commands/test-email.ts';
import { addVerify } from './commands/verify.ts';

const program = new Command('fleetkeep-receiver')
  .description(
    'Keeps the logs of a fleet of machines: takes them from the senders, mirrors them to a secondary drive, ' +
      'and e-mails the administrator when a node is gone.',
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
  nodes: addNodes,
  log: addLog,
  backup: addBackup,
  verify: addVerify,
  restore: addRestore,
  'test-email': addTestEmail,
};
for (const [name, add] of Object.entries(commands)) {
  const command = program.command(name);
  addCommonOptions(command);
  add(command, context);
}

process.exit(await runCli(program, process.argv));
