/** A command line of its own for the tests of shared/cli; each command ends in one of the ways in which commands end. */

import { writeFile } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import { runCli } from '../../../shared/cli/cli.ts';
import { allWritten } from '../../../shared/cli/cli-process.ts';
import { stopSignal } from '../../../shared/cli/cli-signals.ts';
import { addCommonOptions } from '../../../shared/cli/common-options.ts';
import { parseInteger } from '../../../shared/cli/option-parsers.ts';
import { UsageError, UserError } from '../../../shared/errors/errors.ts';

const program = new Command('fleetkeep-test').version('1.2.3');

function add(
  name: string,
  action: (options: Readonly<Record<string, unknown>>) => void | Promise<void>,
): Command {
  return addCommonOptions(program.command(name)).action(action);
}

add('fine', (options) => {
  process.stdout.write(`${JSON.stringify(options)}\n`);
}).option('--nodes <count>', 'a number', parseInteger({ min: 1, max: 9, unit: 'nodes' }));
add('fine-later', async () => {
  await setTimeout(1);
  process.stdout.write('done\n');
});
add('fail', () => {
  const cause = new Error('EACCES: permission denied');
  throw new UserError('PORT_UNAVAILABLE', 'cannot listen on port 80', {
    cause,
    hint: 'Choose a port above 1023.',
  });
});
add('misuse', () => {
  throw new UsageError('CONFIG_INVALID', 'sleeptime is -1; allowed are 0.1 to 3600');
});
add('bug', async () => {
  throw new TypeError('nodes is not iterable');
});
add('full-disk', async () => {
  await new Promise((_, reject) => {
    writeFile('/dev/full', 'x', (cause) => reject(new Error('cannot keep the state', { cause })));
  });
});
add('late-bug', async () => {
  setImmediate(() => {
    throw new TypeError('thrown by a timer');
  });
  await new Promise(() => setInterval(() => undefined, 1000));
});
add('endless', async () => {
  for (let i = 0; ; i++) {
    await new Promise((resolve) => process.stdout.write(`line ${i}\n`, resolve));
  }
});
add('wait', async () => {
  const stop = stopSignal();
  process.stdout.write('waiting\n');
  const alive = setInterval(() => undefined, 1000);
  await new Promise((resolve) => stop.addEventListener('abort', resolve));
  process.stdout.write(`${stop.reason.message}\n`);
  clearInterval(alive);
});
add('stubborn', async () => {
  stopSignal().addEventListener('abort', () => process.stdout.write('heard\n'));
  process.stdout.write('waiting\n');
  await new Promise(() => setInterval(() => undefined, 1000));
});

const code = await runCli(program, process.argv);
await allWritten();
process.exit(code);
