import { Command } from 'commander';
import { runProgram } from '../../shared/cli/cli-program.ts';
import { addAlerts } from './alerts.ts';
import { addBackup } from './backup.ts';
import { addCertificate } from './certificate.ts';
import { addCloudInit } from './cloud-init.ts';
import { addDoctor } from './doctor.ts';
import { addGraph } from './graph.ts';
import { addInstall, addUninstall } from './install.ts';
import { addJoinCode } from './join-code.ts';
import { addLog } from './log.ts';
import { addNodes } from './nodes.ts';
import { addPlannedOff, addPlannedOn } from './planned-off.ts';
import { addReload } from './reload.ts';
import { addRestore } from './restore.ts';
import { addSettings } from './settings.ts';
import { addSilence } from './silence.ts';
import { addStart } from './start.ts';
import { addStatus } from './status.ts';
import { addTestChannel } from './test-channel.ts';
import { addTestEmail } from './test-email.ts';
import { addVerify } from './verify.ts';
import { addWebPassword } from './web-password.ts';

const COMMANDS = {
  start: addStart,
  status: addStatus,
  'join-code': addJoinCode,
  'cloud-init': addCloudInit,
  nodes: addNodes,
  alerts: addAlerts,
  silence: addSilence,
  'planned-off': addPlannedOff,
  'planned-on': addPlannedOn,
  certificate: addCertificate,
  log: addLog,
  graph: addGraph,
  backup: addBackup,
  verify: addVerify,
  settings: addSettings,
  reload: addReload,
  restore: addRestore,
  'web-password': addWebPassword,
  'test-email': addTestEmail,
  'test-channel': addTestChannel,
  doctor: addDoctor,
  install: addInstall,
  uninstall: addUninstall,
};

/** Runs the command line of this process, whatever it asks for; resolves with the exit code. @param cliPath the script that runs, absolute */
export async function runAnyCommand(cliPath: string): Promise<number> {
  const program = new Command('fleetkeep-receiver').description(
    'Keeps the logs of a fleet of machines: takes them from the senders, mirrors them to a secondary drive, ' +
      'and e-mails the administrator when a node is gone.',
  );
  return await runProgram(program, COMMANDS, cliPath);
}
