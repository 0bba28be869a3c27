/**
 * Stands for a test, to be killed: `guarded-program.ts DIRECTORY SECONDS`. Starts a receiver and a sender, and what would go on for
 * ever; says on standard output, as JSON, what marks its processes, and ends in good order after so many seconds.
 */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { absoluteDirectory, argument } from './arguments.ts';
import { guardTest, MARK, undoWhenKilled } from './guard.ts';
import { preparePlace } from './programs.ts';

const directory = absoluteDirectory(argument(0, 'DIRECTORY'));
const seconds = argument(1, 'SECONDS');
guardTest(join(directory, 'left-running'));
undoWhenKilled('touch', join(directory, "it's undone"));
const place = await preparePlace(join(directory, 'place'));
await place.start('receiver');
await place.start('sender');
// Deaf, in a session of its own, and the parent of another one.
spawn('sh', ['-c', "trap '' TERM HUP INT; sleep 1000 & sleep 1000"], {
  detached: true,
  stdio: 'ignore',
}).unref();
process.stdout.write(JSON.stringify({ mark: `${MARK}=${process.env[MARK] ?? ''}` }));
await delay(Number(seconds) * 1000);
process.exit(0);
