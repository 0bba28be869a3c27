#!/usr/bin/env node
import { Command } from 'commander';
import { runProgram } from '../shared/cli/cli-program.ts';
import { addDoctor } from './commands/doctor.ts';
import { addInstall, addUninstall } from './commands/install.ts';
import { addSample } from './commands/sample.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addVerify } from './commands/verify.ts';

const program = new Command('fleetkeep-sender').description(
  'Samples this machine (processors, memory, disks, network, sensors) into a local log and sends that to the receiver. ' +
    'While the receiver is away the log waits here; nothing is lost.',
);
const commands = {
  start: addStart,
  status: addStatus,
  verify: addVerify,
  sample: addSample,
  doctor: addDoctor,
  install: addInstall,
  uninstall: addUninstall,
};

process.exit(await runProgram(program, commands, import.meta.filename));
