import { pino } from 'pino';
import { openDrive } from '../../../receiver/backup/drive.ts';
import { absoluteDirectory, argument } from '../../helpers/arguments.ts';

// Stands for a receiver: gives an order that hangs, as the directory it is given holds a pipe where a file should be.
await using drive = openDrive({ log: pino({ level: 'silent' }) });
const order = { kind: 'read-identity', directory: absoluteDirectory(argument(0, 'DIRECTORY')) } as const;
await drive.run({ order });
