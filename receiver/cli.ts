#!/usr/bin/env node
import { Command } from 'commander';
import { runProgram } from '../shared/cli/cli-program.ts';
import { addAlerts } from './commands/alerts.ts';
import { addBackup } from './commands/backup.ts';
import { addCertificate } from './commands/certificate.ts';
import { addCloudInit } from './commands/cloud-init.ts';
import { addDoctor } from './commands/doctor.ts';
import { addGraph } from './commands/graph.ts';
import { addInstall, addUninstall } from './commands/install.ts';
import { addJoinCode } from './commands/join-code.ts';
import { addLog } from './commands/log.ts';
import { addNodes } from './commands/nodes.ts';
import { addPlannedOff, addPlannedOn } from './commands/planned-off.ts';
import { addReload } from './commands/reload.ts';
import { addRestore } from './commands/restore.ts';
import { addSilence } from './commands/silence.ts';
import { addStart } from './commands/start.ts';
import { addStatus } from './commands/status.ts';
import { addTestChannel } from './commands/test-channel.ts';
import { addTestEmail } from './commands/test-email.ts';
import { addVerify } from './commands/verify.ts';
import { addWebPassword } from './commands/web-password.ts';

const program = new Command('fleetkeep-receiver').description(
  'Keeps the logs of a fleet of machines: takes them from the senders, mirrors them to a secondary drive, ' +
    'and e-mails the administrator when a node is gone.',
);
const commands = {
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
  reload: addReload,
  restore: addRestore,
  'web-password': addWebPassword,
  'test-email': addTestEmail,
  'test-channel': addTestChannel,
  doctor: addDoctor,
  install: addInstall,
  uninstall: addUninstall,
};

process.exit(await runProgram(program, commands, import.meta.filename));
