import { UsageError, UserError } from '../../shared/errors/errors.ts';
import { explainAnswer } from './channels/http/explain-answer.ts';
import { explainNoAnswer } from './channels/http/explain-no-answer.ts';

/** What `test-channel` calls the dead man's switch, unless a channel has that name. */
export const HEARTBEAT_NAME = 'heartbeat';

const TIMEOUT_MS = 10_000;

/**
 * Calls the dead man's switch once, as a receiver that is well does. Returns its host: the rest of the URL is a secret.
 *
 * @throws UsageError `USAGE` when none is configured
 * @throws UserError `MAIL_FAILED` that says in words what went wrong and what to do about it
 */
export async function testHeartbeat(url: string | undefined, timeoutMs = TIMEOUT_MS): Promise<string> {
  if (url === undefined) {
    throw new UsageError('USAGE', "no dead man's switch is configured", {
      hint: 'Give its address as alerts.heartbeat.url in config.json.',
    });
  }
  const target = new URL(url);
  const complaint = await complaintAbout(target, timeoutMs);
  if (complaint === undefined) return target.host;
  throw new UserError('MAIL_FAILED', `the dead man's switch was not called: ${complaint}`, {
    hint: 'Check alerts.heartbeat.url, and whether this machine may reach that host.',
  });
}

/** Undefined when it was called. */
async function complaintAbout(target: URL, timeoutMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(target, {
      method: 'POST',
      headers: { 'user-agent': 'fleetkeep' },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { ok, status, headers } = response;
    if (!ok) return explainAnswer(status, await response.text(), target, headers.get('location')).error;
    await response.body?.cancel();
    return undefined;
  } catch (error) {
    return explainNoAnswer(error, target, timeoutMs).error;
  }
}
