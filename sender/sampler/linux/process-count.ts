import { readdirSync } from 'node:fs';

const DIGIT_0 = 48;
const DIGIT_9 = 57;

/**
 * How many processes there are; undefined when that cannot be seen. With `hidepid=invisible` a user
 * sees only his own: then process 1, which there always is, is missing, too. Takes half a
 * millisecond per thousand of them: too much for every sample.
 */
export function countProcesses(procDirectory: string): number | undefined {
  try {
    const pids = readdirSync(procDirectory).filter(isPid);
    return pids.includes('1') ? pids.length : undefined;
  } catch {
    return undefined;
  }
}

function isPid(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= DIGIT_0 && first <= DIGIT_9;
}
