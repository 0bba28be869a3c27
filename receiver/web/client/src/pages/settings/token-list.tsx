import { getJson, send } from '../../data/api.ts';
import type { ApiToken } from '../../data/contract.ts';
import { attempt } from '../../data/notices.ts';
import { now } from '../../data/now.ts';
import { useResource } from '../../data/use-resource.ts';
import { ActionForm, fieldOf } from '../../parts/action-form.tsx';
import { formatMoment } from '../../text/format-time.ts';
import { newToken } from './secret-dialog.tsx';

/** By what programs ask the API. */
export function TokenList() {
  const {
    value = [],
    error,
    reload,
  } = useResource<readonly ApiToken[]>((signal) => getJson('/tokens', signal), 'tokens');
  const remove = async ({ id }: ApiToken) => {
    if (await attempt(() => send('DELETE', `/tokens/${encodeURIComponent(id)}`), 'The token is void.'))
      reload();
  };
  const make = async (form: FormData) => {
    const wanted = { name: fieldOf(form, 'name'), role: form.get('role') };
    newToken.value = (await send<{ readonly token: string }>('POST', '/tokens', wanted)).token;
  };
  return (
    <section class="card">
      <h2>API tokens</h2>
      <p class="muted">For Prometheus, Grafana and scripts: Authorization: Bearer …</p>
      {error && <p class="problem">{error.message}</p>}
      <ul class="entries">
        {value.map((token) => (
          <TokenEntry key={token.id} token={token} onRemove={() => void remove(token)} />
        ))}
      </ul>
      <h3>Make a token</h3>
      <ActionForm action="Make" act={make} onDone={reload}>
        <label class="field">
          What for
          <input name="name" required maxLength={100} placeholder="prometheus" autocomplete="off" />
        </label>
        <label class="field">
          May
          <select name="role">
            <option value="viewer">look only</option>
            <option value="admin">administer</option>
          </select>
        </label>
      </ActionForm>
    </section>
  );
}

function TokenEntry({ token, onRemove }: { token: ApiToken; onRemove: () => void }) {
  const { id, name = `token ${id}`, role, createdMs, lastUsedMs } = token;
  const words = [
    role === 'admin' && 'administers',
    createdMs !== undefined && `made ${formatMoment(createdMs, now.value)}`,
    typeof lastUsedMs === 'number' && `used ${formatMoment(lastUsedMs, now.value)}`,
  ];
  return (
    <li>
      <span>
        {name} <span class="muted">{words.filter(Boolean).join(' · ')}</span>
      </span>
      <button type="button" class="plain" aria-label={`Remove ${name}`} onClick={onRemove}>
        Remove
      </button>
    </li>
  );
}
