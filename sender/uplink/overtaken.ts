import type { LogWriter } from '../../shared/log/log-writer.ts';
import type { SessionEnd } from './session-ports.ts';

/** How a session ends whose log has got an interrupted segment since it was agreed where to go on: HELLO has to say so. */
export function overtakenEnd({ interrupted }: LogWriter): SessionEnd | undefined {
  const [segment] = interrupted;
  if (segment === undefined) return undefined;
  return { kind: 'again', reason: `the file of segment ${segment} here was changed by something else` };
}
