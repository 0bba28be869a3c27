import { useState } from 'preact/hooks';
import { send } from '../../data/api.ts';
import type { Alert } from '../../data/contract.ts';
import { now } from '../../data/now.ts';
import { isAdmin } from '../../data/session.ts';
import { ActionForm, fieldOf } from '../../parts/action-form.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { formatRoute } from '../../route.ts';
import { formatDateTime, formatMoment } from '../../text/format-time.ts';
import { formatDuration } from '../../text/format-value.ts';
import { SeverityMark } from './severity-mark.tsx';
import { SilenceForm } from './silence-form.tsx';

type Question = { readonly kind: 'acknowledge' | 'silence'; readonly alert: Alert };

/** What is wrong at this moment, the worst first. */
export function FiringList({ alerts, onChange }: { alerts: readonly Alert[]; onChange: () => void }) {
  const [question, setQuestion] = useState<Question>();
  const close = () => setQuestion(undefined);
  const done = () => {
    close();
    onChange();
  };
  if (alerts.length === 0) return <p class="nothing">Nothing is firing.</p>;
  return (
    <>
      <ul class="alert-list">
        {[...alerts].sort(worstFirst).map((alert) => (
          <FiringAlert key={alert.id} alert={alert} onAsk={(kind) => setQuestion({ kind, alert })} />
        ))}
      </ul>
      {question?.kind === 'acknowledge' && (
        <Dialog title="Acknowledge" onClose={close}>
          <AcknowledgeForm alert={question.alert} onDone={done} />
        </Dialog>
      )}
      {question?.kind === 'silence' && (
        <Dialog title="Silence" onClose={close}>
          <SilenceForm pattern={question.alert.key} onDone={done} />
        </Dialog>
      )}
    </>
  );
}

interface FiringAlertProps {
  readonly alert: Alert;
  readonly onAsk: (kind: Question['kind']) => void;
}

function FiringAlert({ alert, onAsk }: FiringAlertProps) {
  const { severity, title, detail, node, sinceMs, acknowledged, silenced } = alert;
  return (
    <li class={`card alert alert-${severity}`}>
      <SeverityMark severity={severity} />
      <div class="alert-words">
        <h2>{title}</h2>
        {detail && <p>{detail}</p>}
        <p class="muted">
          {node && (
            <>
              <a href={formatRoute('node', node)}>{node}</a> ·{' '}
            </>
          )}
          <span title={formatDateTime(sinceMs)}>for {formatDuration(now.value - sinceMs)}</span> ·{' '}
          {alert.rule}
          {silenced && ` · silenced: ${silenced}`}
        </p>
        {acknowledged && (
          <p class="muted">
            {acknowledged.by} acknowledged it at {formatMoment(acknowledged.atMs, now.value)}
            {acknowledged.why && `: ${acknowledged.why}`}
          </p>
        )}
      </div>
      {isAdmin.value && (
        <div class="button-row">
          {!acknowledged && (
            <button type="button" onClick={() => onAsk('acknowledge')}>
              Acknowledge
            </button>
          )}
          <button type="button" onClick={() => onAsk('silence')}>
            Silence
          </button>
        </div>
      )}
    </li>
  );
}

function AcknowledgeForm({ alert, onDone }: { alert: Alert; onDone: () => void }) {
  return (
    <>
      <p>{alert.title}</p>
      <p class="muted">Says that somebody is at it. Nobody is reminded until it ends.</p>
      <ActionForm
        action="Acknowledge"
        act={(form) => {
          const why = fieldOf(form, 'why');
          return send(
            'POST',
            `/alerts/${encodeURIComponent(alert.id)}/ack`,
            why === undefined ? {} : { why },
          );
        }}
        onDone={onDone}
      >
        <label class="field">
          Note
          <input name="why" placeholder="I am looking into it" />
        </label>
      </ActionForm>
    </>
  );
}

const ORDER = { critical: 0, warning: 1, info: 2 } as const;

function worstFirst(a: Alert, b: Alert): number {
  return ORDER[a.severity] - ORDER[b.severity] || b.sinceMs - a.sinceMs;
}
