import { useMemo, useState } from 'preact/hooks';
import { send } from '../../data/api.ts';
import type { CopyPosition, NodeCopies } from '../../data/contract.ts';
import { attempt } from '../../data/notices.ts';
import { now } from '../../data/now.ts';
import { isAdmin } from '../../data/session.ts';
import { formatRoute } from '../../route.ts';
import { formatMoment } from '../../text/format-time.ts';
import { formatBytes, formatDuration } from '../../text/format-value.ts';
import { sortCopies } from './sort-copies.ts';

const FIRST = 60;

/** Where the copies of each log end, those that need a look first. */
export function CopiesTable({ copies }: { copies: readonly NodeCopies[] }) {
  const [filter, setFilter] = useState('');
  const [isWhole, setWhole] = useState(false);
  const sorted = useMemo(() => sortCopies(copies, filter), [copies, filter]);
  const shown = isWhole ? sorted : sorted.slice(0, FIRST);
  return (
    <>
      <div class="toolbar">
        <label>
          <span class="unseen">Filter</span>
          <input
            type="search"
            placeholder="Filter by name"
            value={filter}
            onInput={({ currentTarget }) => setFilter(currentTarget.value)}
          />
        </label>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="card table-scroll" tabIndex={0} aria-label="Copies of each log">
        <table class="list copies">
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col" class="number">
                Node’s copy
              </th>
              <th scope="col" class="number">
                Receiver’s copy
              </th>
              <th scope="col" class="number">
                Second drive
              </th>
              <th scope="col" class="number">
                Behind
              </th>
              <th scope="col">Last verification</th>
              {isAdmin.value && (
                <th scope="col">
                  <span class="unseen">Actions</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map((node) => (
              <CopiesRow key={node.name} node={node} />
            ))}
          </tbody>
        </table>
        {sorted.length > shown.length && (
          <button type="button" onClick={() => setWhole(true)}>
            Show all {sorted.length}
          </button>
        )}
      </section>
    </>
  );
}

function CopiesRow({ node }: { node: NodeCopies }) {
  const { name, receiver, mirror, lagBytes, lagSeconds } = node;
  return (
    <tr>
      <th scope="row">
        <a href={formatRoute('node', name)}>{name}</a>
      </th>
      <td class="number">
        {node.node === null ? (
          <span class="muted">not connected</span>
        ) : (
          <>
            <span class="muted">at least </span>
            <Position position={node.node} />
          </>
        )}
      </td>
      <td class="number">
        <Position position={receiver} />
      </td>
      <td class="number">
        {mirror === null ? <span class="muted">no copy yet</span> : <Position position={mirror} />}
      </td>
      <td class="number">
        {lagBytes === 0 ? (
          <span class="muted">nothing</span>
        ) : (
          <>
            {formatBytes(lagBytes)}
            {lagSeconds !== undefined && <span class="muted"> · {formatDuration(lagSeconds * 1000)}</span>}
          </>
        )}
      </td>
      <td>
        <Verification node={node} />
      </td>
      {isAdmin.value && (
        <td class="actions">
          <button
            type="button"
            class="plain"
            aria-label={`Verify ${name}`}
            onClick={() =>
              void attempt(() => send('POST', '/copies/verify', { node: name }), `${name} is being verified.`)
            }
          >
            Verify
          </button>
        </td>
      )}
    </tr>
  );
}

function Position({ position: { segment, offset, bytes } }: { position: CopyPosition }) {
  return (
    <span title={`segment ${segment}, byte ${offset}`}>
      {formatBytes(bytes)}{' '}
      <span class="muted">
        {segment}:{offset}
      </span>
    </span>
  );
}

function Verification({ node: { lastVerify } }: { node: NodeCopies }) {
  if (lastVerify === undefined) return <span class="muted">never</span>;
  const { verdict, message, atMs } = lastVerify;
  const words = { sound: 'sound', not_sound: 'NOT SOUND', not_proven: 'not proven' }[verdict];
  const look = { sound: 'verified', not_sound: 'problem', not_proven: 'muted' }[verdict];
  return (
    <>
      <span class={look}>
        {words}: {message}
      </span>{' '}
      <span class="muted">{formatMoment(atMs, now.value)}</span>
    </>
  );
}
