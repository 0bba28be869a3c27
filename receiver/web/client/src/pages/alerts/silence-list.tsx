import { useState } from 'preact/hooks';
import { getJson, send } from '../../data/api.ts';
import type { Silence } from '../../data/contract.ts';
import { attempt } from '../../data/notices.ts';
import { now } from '../../data/now.ts';
import { isAdmin } from '../../data/session.ts';
import { useResource } from '../../data/use-resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { formatDateTime, formatMoment } from '../../text/format-time.ts';
import { formatDuration } from '../../text/format-value.ts';
import { SilenceForm } from './silence-form.tsx';

/** What nobody is told about at present. */
export function SilenceList() {
  const {
    value = [],
    error,
    reload,
  } = useResource<readonly Silence[]>((signal) => getJson('/silences', signal), 'silences');
  const [isAsking, setAsking] = useState(false);
  const end = async ({ id }: Silence) => {
    if (await attempt(() => send('DELETE', `/silences/${encodeURIComponent(id)}`), 'The silence is ended.'))
      reload();
  };
  return (
    <div class="stack">
      {isAdmin.value && (
        <button type="button" class="primary" onClick={() => setAsking(true)}>
          New silence
        </button>
      )}
      {error && <p class="problem">{error.message}</p>}
      {value.length === 0 && !error && <p class="nothing">Nothing is silenced.</p>}
      {value.map((silence) => (
        <SilenceEntry key={silence.id} silence={silence} onEnd={() => void end(silence)} />
      ))}
      {isAsking && (
        <Dialog title="New silence" onClose={() => setAsking(false)}>
          <SilenceForm
            onDone={() => {
              setAsking(false);
              reload();
            }}
          />
        </Dialog>
      )}
    </div>
  );
}

function SilenceEntry({ silence, onEnd }: { silence: Silence; onEnd: () => void }) {
  const { pattern, why, by, beginsMs, endsMs } = silence;
  return (
    <section class="card alert" aria-label={`Silence of ${pattern}`}>
      <div class="alert-words">
        <h2>{pattern}</h2>
        {why && <p>{why}</p>}
        <p class="muted">
          {by}, {formatMoment(beginsMs, now.value)} ·{' '}
          <span title={formatDateTime(endsMs)}>{formatDuration(endsMs - now.value)} left</span>
        </p>
      </div>
      {isAdmin.value && (
        <button type="button" onClick={onEnd}>
          End now
        </button>
      )}
    </section>
  );
}
