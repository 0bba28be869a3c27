import { isAdmin, session, signOut } from '../../data/session.ts';
import { SecretDialog } from './secret-dialog.tsx';
import { ThemeChoice } from './theme-choice.tsx';
import { TokenList } from './token-list.tsx';
import { UserList } from './user-list.tsx';

/** Who may look at these pages, by what programs may, and how they look. */
export function SettingsPage() {
  const state = session.value;
  return (
    <div class="settings-page">
      <h1>Settings</h1>
      <div class="settings">
        <section class="card">
          <h2>You</h2>
          {state.kind === 'signed-in' && (
            <p>
              Signed in as <strong>{state.user}</strong>,{' '}
              {state.role === 'admin' ? 'administrator' : 'may look only'}.
            </p>
          )}
          <p>
            <button type="button" onClick={() => void signOut()}>
              Sign out
            </button>
          </p>
          <ThemeChoice />
          {state.kind === 'signed-in' && <p class="footnote">Fleetkeep {state.version}</p>}
        </section>
        {isAdmin.value && <UserList />}
        {isAdmin.value && <TokenList />}
        <Shortcuts />
      </div>
      <SecretDialog />
    </div>
  );
}

const KEYS = [
  ['/', 'filter the fleet; then ↓ ↑ and Enter choose'],
  ['j, k', 'next and previous node of the list'],
  ['Enter', 'open the node'],
  ['g, then f c a o n s', 'fleet, compare, alerts, copies, add a node, settings'],
  ['+, −', 'shorter and longer range'],
  ['[, ]', 'earlier and later'],
  ['←, →', 'move the cursor in a graph'],
] as const;

function Shortcuts() {
  return (
    <section class="card">
      <h2>Keys</h2>
      <dl class="facts">
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
