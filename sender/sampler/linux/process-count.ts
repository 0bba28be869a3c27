import { readdirSync } from 'node:fs';

const DIGIT_0 = 48;
const DIGIT_9 = 57;

/** How many processes there are. Takes half a millisecond per thousand of them: too much for every sample. */
export function countProcesses(procDirectory: string): number | undefined {
  try {
    const count = readdirSync(procDirectory).reduce((sum, name) => sum + Number(isPid(name)), 0);
    return count === 0 ? undefined : count;
  } catch {
    return undefined;
  }
}

function isPid(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= DIGIT_0 && first <= DIGIT_9;
}
