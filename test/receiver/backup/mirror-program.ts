import { pino } from 'pino';
import { startMirror } from '../../../receiver/backup/mirror.ts';
import { runMirror } from '../../../receiver/backup/run-mirror.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { absoluteDirectory, argument } from '../../helpers/arguments.ts';

// A process that brings a mirror up to date once, to be killed on the way. It says when it begins and how the run ended.
// `mirror-program.ts LOGS DIRECTORY RECORD`
const logs = absoluteDirectory(argument(0, 'LOGS'));
const directory = absoluteDirectory(argument(1, 'DIRECTORY'));
const record = absoluteDirectory(argument(2, 'RECORD'));
await using mirror = await startMirror({
  run: runMirror,
  stallMs: 60_000,
  logsRoot: logs,
  directory,
  recordPath: record,
  schedule: '0 0 29 2 1',
  timeZone: 'UTC',
  allowSameDevice: true,
  requireMountPoint: false,
  retention: {},
  bootId: 'boot-1',
  clock: systemClock,
  log: pino({ level: 'silent' }),
  onProblem: ({ title, detail }) => console.log(`problem: ${title}: ${detail}`),
  onSolved: () => undefined,
});
console.log('begin');
console.log((await mirror.runNow()).kind);
