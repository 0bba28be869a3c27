import { useState } from 'preact/hooks';
import { getJson } from '../../data/api.ts';
import type { OutboxEntry, OutboxMessage } from '../../data/contract.ts';
import { everyTenSeconds, now } from '../../data/now.ts';
import { useResource } from '../../data/use-resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { SandboxedHtml } from '../../parts/sandboxed-html.tsx';
import { formatMoment } from '../../text/format-time.ts';

/** Every message to people, and how far it came. */
export function OutboxTable() {
  const { value, error } = useResource<readonly OutboxEntry[]>(
    (signal) => getJson('/outbox', signal),
    'outbox',
    [everyTenSeconds.value],
  );
  const [opened, setOpened] = useState<OutboxEntry>();
  if (error && value === undefined) return <p class="problem">{error.message}</p>;
  if (value === undefined) return null;
  if (value.length === 0) return <p class="nothing">Nobody was ever told anything.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="card table-scroll" tabIndex={0} aria-label="Outbox">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Message</th>
            <th scope="col">To</th>
            <th scope="col">State</th>
            <th scope="col">Written</th>
          </tr>
        </thead>
        <tbody>
          {value.map((entry) => (
            <tr key={entry.id}>
              <th scope="row">
                <button type="button" class="link" onClick={() => setOpened(entry)}>
                  {entry.subject}
                </button>
              </th>
              <td>{addressesOf(entry.to)}</td>
              <td>
                {entry.state}
                {entry.attempts > 1 && <span class="muted"> after {entry.attempts} attempts</span>}
                {entry.lastError && <span class="problem"> {entry.lastError}</span>}
              </td>
              <td class="nowrap">{formatMoment(entry.createdMs, now.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {opened && (
        <Dialog title={opened.subject} isWide onClose={() => setOpened(undefined)}>
          <Message entry={opened} />
        </Dialog>
      )}
    </section>
  );
}

/** The message as it was sent. Its HTML is shut in a frame that may do nothing: no script, no form, no request. */
function Message({ entry }: { entry: OutboxEntry }) {
  const { value, error } = useResource<OutboxMessage>(
    (signal) => getJson(`/outbox/${encodeURIComponent(entry.id)}`, signal),
    String(entry.id),
  );
  const [isText, setText] = useState(false);
  if (error) return <p class="problem">{error.message}</p>;
  if (value === undefined) return <p class="muted">Reading…</p>;
  return (
    <>
      <p class="muted">To {addressesOf(value.to)}</p>
      {value.html && (
        <fieldset class="choices">
          <legend class="unseen">Shown as</legend>
          <button type="button" aria-pressed={!isText} onClick={() => setText(false)}>
            As sent
          </button>
          <button type="button" aria-pressed={isText} onClick={() => setText(true)}>
            Text
          </button>
        </fieldset>
      )}
      {value.html && !isText ? (
        <SandboxedHtml title="The message" html={value.html} />
      ) : (
        <pre class="message">{value.text}</pre>
      )}
    </>
  );
}

function addressesOf(to: string | readonly string[]): string {
  return typeof to === 'string' ? to : to.join(', ');
}
