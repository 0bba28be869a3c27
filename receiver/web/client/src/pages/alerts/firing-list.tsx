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
import { type AlertGroup, groupAlerts, patternOf } from './group-alerts.ts';
import { SeverityMark } from './severity-mark.tsx';
import { SilenceForm } from './silence-form.tsx';

type Question = { readonly kind: 'acknowledge' | 'silence'; readonly group: AlertGroup };

/** What is wrong at this moment, the worst first; nodes that were lost together are one. */
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
        {groupAlerts(alerts).map((group) => (
          <FiringAlert key={group.id} group={group} onAsk={(kind) => setQuestion({ kind, group })} />
        ))}
      </ul>
      {question?.kind === 'acknowledge' && (
        <Dialog title="Acknowledge" onClose={close}>
          <AcknowledgeForm group={question.group} onDone={done} />
        </Dialog>
      )}
      {question?.kind === 'silence' && (
        <Dialog title="Silence" onClose={close}>
          <SilenceForm pattern={patternOf(question.group)} onDone={done} />
        </Dialog>
      )}
    </>
  );
}

interface FiringAlertProps {
  readonly group: AlertGroup;
  readonly onAsk: (kind: Question['kind']) => void;
}

function FiringAlert({ group, onAsk }: FiringAlertProps) {
  const { severity, title, sinceMs, alerts } = group;
  const [{ detail, rule }] = alerts;
  const silenced = alerts.find((alert) => alert.silenced !== undefined)?.silenced;
  return (
    <li class={`card alert alert-${severity}`}>
      <SeverityMark severity={severity} />
      <div class="alert-words">
        <h2>{title}</h2>
        {detail && <p>{detail}</p>}
        <p class="muted">
          <NodeLinks alerts={alerts} />
          <span title={formatDateTime(sinceMs)}>for {formatDuration(now.value - sinceMs)}</span> · {rule}
          {silenced && ` · silenced: ${silenced}`}
        </p>
        <Acknowledgement alerts={alerts} />
      </div>
      {isAdmin.value && (
        <div class="button-row">
          {alerts.some(({ id, acknowledged }) => id > 0 && !acknowledged) && (
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

function NodeLinks({ alerts }: { alerts: readonly Alert[] }) {
  const nodes = alerts.flatMap(({ node }) => node ?? []);
  if (nodes.length === 0) return null;
  return (
    <>
      {nodes.map((node, index) => (
        <>
          {index > 0 && ', '}
          <a key={node} href={formatRoute('node', node)}>
            {node}
          </a>
        </>
      ))}{' '}
      ·{' '}
    </>
  );
}

/** Who takes care, when all of them are taken care of. */
function Acknowledgement({ alerts }: { alerts: readonly Alert[] }) {
  const newest = alerts.flatMap(({ acknowledged }) => acknowledged ?? []).sort((a, b) => b.atMs - a.atMs)[0];
  if (newest === undefined || alerts.some(({ acknowledged }) => !acknowledged)) return null;
  return (
    <p class="muted">
      {newest.by} acknowledged it at {formatMoment(newest.atMs, now.value)}
      {newest.why && `: ${newest.why}`}
    </p>
  );
}

function AcknowledgeForm({ group, onDone }: { group: AlertGroup; onDone: () => void }) {
  const [first, ...others] = group.alerts;
  return (
    <>
      <p>{group.title}</p>
      <p class="muted">Says that somebody is at it. Nobody is reminded until it ends.</p>
      <ActionForm
        action="Acknowledge"
        act={(form) => {
          const why = fieldOf(form, 'why');
          return send('POST', `/alerts/${encodeURIComponent(first.id)}/ack`, {
            ...(why === undefined ? {} : { why }),
            ...(others.length > 0 && { others: others.map(({ id }) => id) }),
          });
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
