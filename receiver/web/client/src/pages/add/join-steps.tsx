import { useState } from 'preact/hooks';
import type { FleetNode, JoinCodeAnswer } from '../../data/contract.ts';
import { fleet } from '../../data/fleet.ts';
import { now } from '../../data/now.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { STATE_WORDS, StateMark } from '../../parts/state-mark.tsx';
import { formatRoute } from '../../route.ts';
import { formatDateTime } from '../../text/format-time.ts';
import { formatDuration } from '../../text/format-value.ts';

/** The line to paste on the new machine, and the machine as soon as it is there. */
export function JoinSteps({ code, onAgain }: { code: JoinCodeAnswer; onAgain: () => void }) {
  const [before] = useState(() => new Set(fleet.peek().keys()));
  const joined = [...fleet.value.values()].filter(({ name }) => !before.has(name));
  const left = code.expiresMs - now.value;
  return (
    <ol class="steps">
      <li class="card">
        <h2>Paste this line on the new machine</h2>
        <div class="join-line">
          <code>{code.line}</code>
          <CopyButton text={code.line} />
        </div>
        <p class="muted" title={formatDateTime(code.expiresMs)}>
          {left > 0 ? `The code is valid for ${formatDuration(left)}.` : 'The code is no longer valid.'}{' '}
          Whoever has it may come in: treat it like a password.
        </p>
        <p class="button-row">
          <button type="button" onClick={onAgain}>
            Make another code
          </button>
        </p>
      </li>
      <li class="card">
        <h2>{joined.length === 0 ? 'The node appears here as soon as it connects' : 'It is here'}</h2>
        {joined.length === 0 ? <p class="waiting">Waiting…</p> : <JoinedList nodes={joined} />}
      </li>
    </ol>
  );
}

function JoinedList({ nodes }: { nodes: readonly FleetNode[] }) {
  return (
    <ul class="joined" role="status">
      {nodes.map(({ name, state, hostName, address }) => (
        <li key={name}>
          <StateMark state={state} />
          <a href={formatRoute('node', name)}>{name}</a>
          <span class="muted">
            {STATE_WORDS[state]} · {hostName} · {address}
          </span>
        </li>
      ))}
    </ul>
  );
}
