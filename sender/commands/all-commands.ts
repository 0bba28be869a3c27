import type { AddCommand } from '../../shared/cli/cli-program.ts';
import { addDoctor } from './doctor.ts';
import { addInstall, addUninstall } from './install.ts';
import { addSample } from './sample.ts';
import { addStart } from './start.ts';
import { addStatus } from './status.ts';
import { addVerify } from './verify.ts';

/** The commands of the sender, by name, in the order in which help shows them. */
export const ALL_COMMANDS: Readonly<Record<string, AddCommand>> = {
  start: addStart,
  status: addStatus,
  verify: addVerify,
  sample: addSample,
  doctor: addDoctor,
  install: addInstall,
  uninstall: addUninstall,
};
