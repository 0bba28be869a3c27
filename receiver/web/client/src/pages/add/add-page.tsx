import { useState } from 'preact/hooks';
import { send } from '../../data/api.ts';
import type { JoinCodeAnswer } from '../../data/contract.ts';
import { isAdmin } from '../../data/session.ts';
import { ActionForm, fieldOf } from '../../parts/action-form.tsx';
import { JoinSteps } from './join-steps.tsx';

const LIFETIMES = [
  { title: '1 hour', seconds: 3600 },
  { title: '1 day', seconds: 86_400 },
  { title: '1 week', seconds: 7 * 86_400 },
] as const;

/** Lets new machines in. */
export function AddPage() {
  const [code, setCode] = useState<JoinCodeAnswer>();
  return (
    <div class="add-page">
      <h1>Add a node</h1>
      {!isAdmin.value && <p class="nothing">Only an administrator can let new nodes in.</p>}
      {isAdmin.value && code === undefined && <CodeForm onCode={setCode} />}
      {code !== undefined && <JoinSteps code={code} onAgain={() => setCode(undefined)} />}
    </div>
  );
}

function CodeForm({ onCode }: { onCode: (code: JoinCodeAnswer) => void }) {
  const make = async (form: FormData) => {
    const node = fieldOf(form, 'node');
    const wanted = { uses: Number(form.get('uses')), expiresSeconds: Number(form.get('expires')) };
    onCode(
      await send<JoinCodeAnswer>('POST', '/join-codes', { ...wanted, ...(node !== undefined && { node }) }),
    );
  };
  return (
    <section class="card">
      <p class="muted">
        A join code tells a new machine where this receiver is, how to know it, and that it may come in.
      </p>
      <ActionForm action="Make a join code" act={make}>
        <label class="field">
          Machines it lets in
          <input name="uses" type="number" min="1" max="10000" step="1" required defaultValue="1" />
        </label>
        <label class="field">
          Valid for
          <select name="expires">
            {LIFETIMES.map(({ title, seconds }) => (
              <option key={seconds} value={seconds}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          Name of the node, if it shall have a certain one
          <input name="node" placeholder="its host name" autocomplete="off" autocapitalize="none" />
        </label>
      </ActionForm>
    </section>
  );
}
