import { send } from '../../data/api.ts';
import type { NodeInfo } from '../../data/contract.ts';
import { loadFleet, sleeptime, sleeptimeSetting } from '../../data/fleet.ts';
import { goTo } from '../../data/location.ts';
import { ActionForm, fieldOf } from '../../parts/action-form.tsx';
import { DurationField } from '../../parts/duration-field.tsx';
import { formatRoute } from '../../route.ts';
import { formatDateTime } from '../../text/format-time.ts';

/** What can be done with a node. */
export function NodeManage({ node }: { node: NodeInfo }) {
  const path = `/nodes/${encodeURIComponent(node.name)}`;
  return (
    <div class="manage">
      {node.state === 'planned-off' ? <PlannedOn path={path} /> : <PlannedOff path={path} />}
      <Rename path={path} name={node.name} />
      <Interval />
      {node.state === 'revoked' ? (
        <Forget path={path} name={node.name} />
      ) : (
        <Revoke path={path} name={node.name} />
      )}
    </div>
  );
}

function PlannedOff({ path }: { path: string }) {
  return (
    <section class="card">
      <h2>Planned off</h2>
      <p class="muted">Before maintenance: while a node is planned off, its silence raises no alert.</p>
      <ActionForm
        action="Plan off"
        done="The node is planned off."
        act={(form) => {
          const seconds = fieldOf(form, 'for');
          const why = fieldOf(form, 'why');
          const forSeconds = seconds === undefined ? {} : { forSeconds: Number(seconds) };
          return send('POST', `${path}/planned-off`, { ...forSeconds, ...(why !== undefined && { why }) });
        }}
        onDone={() => void loadFleet()}
      >
        <DurationField label="For" name="for" endless="until ended by hand" />
        <label class="field">
          Why
          <input name="why" placeholder="new disks" />
        </label>
      </ActionForm>
    </section>
  );
}

function PlannedOn({ path }: { path: string }) {
  return (
    <section class="card">
      <h2>Planned off</h2>
      <p class="muted">This node’s silence raises no alert at present.</p>
      <ActionForm
        action="End planned off"
        done="The node is watched again."
        act={() => send('POST', `${path}/planned-on`)}
        onDone={() => void loadFleet()}
      />
    </section>
  );
}

function Rename({ path, name }: { path: string; name: string }) {
  return (
    <section class="card">
      <h2>Name</h2>
      <p class="muted">The log keeps its contents; its directory gets the new name.</p>
      <ActionForm
        action="Rename"
        act={async (form) => {
          const to = fieldOf(form, 'to') ?? name;
          await send('POST', `${path}/rename`, { to });
          await loadFleet();
          goTo(formatRoute('node', to));
        }}
      >
        <label class="field">
          New name
          <input
            name="to"
            required
            maxLength={63}
            placeholder={name}
            autocomplete="off"
            autocapitalize="none"
          />
        </label>
      </ActionForm>
    </section>
  );
}

function Interval() {
  return (
    <section class="card">
      <h2>Seconds between samples</h2>
      <p class="muted">The same for the whole fleet; senders follow at once, without a restart.</p>
      <IntervalSetting />
      <ActionForm
        action="Set for all nodes"
        done="The senders are told."
        act={(form) => send('PUT', '/interval', { seconds: Number(form.get('seconds')) })}
        onDone={() => void loadFleet()}
      >
        <label class="field">
          Seconds
          <input
            name="seconds"
            type="number"
            min="0.1"
            step="any"
            required
            defaultValue={String(sleeptime.value)}
          />
        </label>
      </ActionForm>
    </section>
  );
}

/** Where the interval comes from, and the way back, where it was set here. */
function IntervalSetting() {
  const setting = sleeptimeSetting.value;
  if (setting === null) return null;
  const { setMs, configured } = setting;
  return (
    <>
      <p>
        {sleeptime.value} s was set here on {formatDateTime(setMs)} and overrides config.json, which says{' '}
        {configured} s.
      </p>
      <ActionForm
        action={`Back to ${configured} s`}
        done="config.json decides again."
        act={() => send('DELETE', '/interval')}
        onDone={() => void loadFleet()}
      />
    </>
  );
}

function Revoke({ path, name }: { path: string; name: string }) {
  return (
    <section class="card">
      <h2>Revoke</h2>
      <p class="muted">
        The receiver lets this node in no more, at once and until it joins anew. Its log is kept.
      </p>
      <ActionForm
        action="Revoke"
        isDanger
        done={`${name} is revoked.`}
        act={() => send('POST', `${path}/revoke`)}
        onDone={() => void loadFleet()}
      >
        <Confirmation name={name} />
      </ActionForm>
    </section>
  );
}

function Forget({ path, name }: { path: string; name: string }) {
  return (
    <section class="card">
      <h2>Forget</h2>
      <p class="muted">Takes the node off the list. Its log stays on the disks until you delete it.</p>
      <ActionForm
        action="Forget"
        isDanger
        done={`${name} is forgotten.`}
        act={async () => {
          await send('POST', `${path}/forget`);
          await loadFleet();
          goTo(formatRoute('fleet'));
        }}
      >
        <Confirmation name={name} />
      </ActionForm>
    </section>
  );
}

/** A box to tick, so that no slip of the finger cuts off a machine. */
function Confirmation({ name }: { name: string }) {
  return (
    <label class="check">
      <input type="checkbox" required />
      Yes, I mean {name}
    </label>
  );
}
