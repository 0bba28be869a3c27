import { Command } from 'commander';
import { runProgram } from '../../shared/cli/cli-program.ts';
import { addDoctor } from './doctor.ts';
import { addInstall, addUninstall } from './install.ts';
import { addSample } from './sample.ts';
import { addStart } from './start.ts';
import { addStatus } from './status.ts';
import { addVerify } from './verify.ts';

const COMMANDS = {
  start: addStart,
  status: addStatus,
  verify: addVerify,
  sample: addSample,
  doctor: addDoctor,
  install: addInstall,
  uninstall: addUninstall,
};

/** Runs the command line of this process, whatever it asks for; resolves with the exit code. @param cliPath the script that runs, absolute */
export async function runAnyCommand(cliPath: string): Promise<number> {
  const program = new Command('fleetkeep-sender').description(
    'Samples this machine (processors, memory, disks, network, sensors) into a local log and sends that to the receiver. ' +
      'While the receiver is away the log waits here; nothing is lost.',
  );
  return await runProgram(program, COMMANDS, cliPath);
}
