import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A path in which a `~` at its beginning stands for the home directory of the user that runs the program, as in a shell. What only
 * begins with that character, such as `~ann`, stays as it is.
 */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
