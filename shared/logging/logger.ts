import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

// Loaded for a terminal only: a program that runs for years without one need not hold it in memory.
const pretty = process.stderr.isTTY ? (await import('pino-pretty')).default : undefined;

/** How much a program says of itself. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Makes the logger of a program: readable lines on a terminal, JSON otherwise, always to standard error, because
 * standard output belongs to what the user asked for. Each part takes `logger.child({ part: '…' })`.
 */
export function createLogger(level: LogLevel): Logger {
  const destination = pretty
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname,part', translateTime: 'SYS:HH:MM:ss' })
    : pino.destination({ dest: 2, sync: true });
  // A disk that is full under the program's own log is no reason to keep no logs of nodes; there is nowhere left to say it.
  destination.on('error', () => undefined);
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
