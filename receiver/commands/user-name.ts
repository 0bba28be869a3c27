import { userInfo } from 'node:os';

/** Who types the command; empty where the system does not know. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return '';
  }
}
