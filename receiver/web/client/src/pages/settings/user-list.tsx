import { getJson, send } from '../../data/api.ts';
import type { User } from '../../data/contract.ts';
import { attempt } from '../../data/notices.ts';
import { session } from '../../data/session.ts';
import { useResource } from '../../data/use-resource.ts';
import { ActionForm, fieldOf } from '../../parts/action-form.tsx';

/** Who may sign in. */
export function UserList() {
  const {
    value = [],
    error,
    reload,
  } = useResource<readonly User[]>((signal) => getJson('/users', signal), 'users');
  const remove = async (name: string) => {
    if (await attempt(() => send('DELETE', `/users/${encodeURIComponent(name)}`), `${name} is removed.`))
      reload();
  };
  const state = session.value;
  return (
    <section class="card">
      <h2>Users</h2>
      {error && <p class="problem">{error.message}</p>}
      <ul class="entries">
        {value.map(({ name, role }) => (
          <li key={name}>
            <span>
              {name} <span class="muted">{role === 'admin' ? 'administrator' : 'may look only'}</span>
            </span>
            {state.kind === 'signed-in' && state.user !== name && (
              <button
                type="button"
                class="plain"
                aria-label={`Remove ${name}`}
                onClick={() => void remove(name)}
              >
                Remove
              </button>
            )}
          </li>
        ))}
      </ul>
      <h3>Add a user</h3>
      <ActionForm
        action="Add"
        done="The user is added."
        act={(form) =>
          send('POST', '/users', {
            name: fieldOf(form, 'name'),
            role: form.get('role'),
            password: form.get('password'),
          })
        }
        onDone={reload}
      >
        <label class="field">
          Name
          <input name="name" required maxLength={63} autocomplete="off" autocapitalize="none" />
        </label>
        <label class="field">
          Password
          <input name="password" type="password" required minLength={10} autocomplete="new-password" />
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
