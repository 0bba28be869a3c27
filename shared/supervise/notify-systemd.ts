import { execFile } from 'node:child_process';
import { errnoOf } from '../errors/errors.ts';

/** Tells the service manager some states (`READY=1`, …), all at once. Resolves with why that failed; never rejects. */
export type Notify = (states: readonly string[]) => Promise<string | undefined>;

/** systemd-notify itself waits five seconds at most for systemd to have read what it says. */
const TIMEOUT_MS = 10_000;

/**
 * Tells systemd. Node.js has no datagram sockets of the family AF_UNIX, so systemd-notify does the talking. It says it in the
 * name of this process where it may (root); otherwise in its own, which the unit has to allow (`NotifyAccess=all`), and waits
 * until systemd has seen who it was.
 */
export const notifySystemd: Notify = async (states) => {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  try {
    execFile('systemd-notify', states, { timeout: TIMEOUT_MS }, (error, _stdout, stderr) => {
      resolve(error === null ? undefined : complaintOf(error, stderr));
    });
  } catch (error) {
    // Without memory for a process, for instance.
    resolve(error instanceof Error ? error.message : String(error));
  }
  return await promise;
};

function complaintOf(error: Error & { readonly killed?: boolean }, stderr: string): string {
  if (errnoOf(error) === 'ENOENT') return 'there is no command systemd-notify';
  if (error.killed === true) return `systemd-notify took longer than ${TIMEOUT_MS / 1000} s`;
  return stderr.trim() || error.message;
}
