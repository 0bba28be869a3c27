import { send } from '../../data/api.ts';
import type { MirrorInfo, ProgressEvent } from '../../data/contract.ts';
import { attempt } from '../../data/notices.ts';
import { now } from '../../data/now.ts';
import { progress } from '../../data/progress.ts';
import { isAdmin } from '../../data/session.ts';
import { formatDateTime } from '../../text/format-time.ts';
import { formatBytes, formatDuration } from '../../text/format-value.ts';

const WORDS: Readonly<Record<MirrorInfo['state'], { readonly title: string; readonly text: string }>> = {
  ok: { title: 'The mirror has a copy of every node', text: '' },
  incomplete: {
    title: 'Some nodes are not known to have a copy yet',
    text: 'A node is copied some seconds after it joins; after a restart the next run tells.',
  },
  late: {
    title: 'The mirror is late',
    text: 'The last run that ended well is longer ago than it should be.',
  },
  failed: { title: 'The last run of the mirror failed', text: 'The receiver tries again by itself.' },
  missing: {
    title: 'The second drive is missing',
    text: 'Nothing is written there until it is back; the receiver’s own copy goes on. Connect and mount the drive.',
  },
  hanging: {
    title: 'The second drive does not answer',
    text: 'Logs, mails and pages go on; the copies wait for it.',
  },
  never: { title: 'The mirror has never run', text: 'It runs on its schedule, or when you start it here.' },
};

/** How the second drive does, and the work on it. */
export function MirrorCard({ mirror }: { mirror: MirrorInfo }) {
  const { title, text } = WORDS[mirror.state];
  const mirroring = progress.mirror.value;
  const verifying = progress.verify.value;
  return (
    <section class={`card mirror mirror-${mirror.state}`} aria-label="Mirror">
      <div class="alert-words">
        <h2>{title}</h2>
        <p class="muted mirror-directory">{mirror.directory}</p>
        {text && <p>{text}</p>}
        {mirror.message && <p>{mirror.message}</p>}
        <LastRun mirror={mirror} />
      </div>
      {isAdmin.value && (
        <div class="button-row">
          <button
            type="button"
            class="primary"
            disabled={mirroring?.running ?? mirror.running}
            onClick={() => void attempt(() => send('POST', '/copies/mirror'), 'The mirror run has begun.')}
          >
            Mirror now
          </button>
          <button
            type="button"
            disabled={verifying?.running}
            onClick={() =>
              void attempt(() => send('POST', '/copies/verify', {}), 'The verification has begun.')
            }
          >
            Verify now
          </button>
        </div>
      )}
      {mirroring && <Progress name="Mirror" progress={mirroring} />}
      {verifying && <Progress name="Verification" progress={verifying} />}
    </section>
  );
}

function LastRun({ mirror: { lastRunMs, lastBytes } }: { mirror: MirrorInfo }) {
  if (lastRunMs === undefined) return null;
  return (
    <p class="muted" title={formatDateTime(lastRunMs)}>
      Last run {formatDuration(now.value - lastRunMs)} ago
      {lastBytes !== undefined && `, ${formatBytes(lastBytes)} copied`}
    </p>
  );
}

/** Before the first log nobody knows how many there are. */
function stepOf(done: number, total: number): string {
  return total === 0 ? 'begins' : `${done} of ${total}`;
}

/** How far the work has come; stays when it has ended, to say how. */
function Progress({
  name,
  progress: { running, done, total, message, ok },
}: {
  name: string;
  progress: ProgressEvent;
}) {
  return (
    <div class="progress">
      <p role="status">
        <strong>{name}</strong> {running ? stepOf(done, total) : ok === false ? 'ended' : 'ended well'}
        {message && `: ${message}`}
      </p>
      <progress value={running ? done : total || 1} max={total || 1} aria-label={name} />
    </div>
  );
}
