import t from 'tap';
import { type FleetEvent, stepNode } from '../../../receiver/fleet/fleet-state.ts';
import type { HowEnded, NodeRecord, NodeState } from '../../../receiver/fleet/node-record.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';

const NODE = parseNodeName('7');

const IDENTITY = {
  logId: 'log-1',
  hostName: 'kitchen',
  address: '192.0.2.7',
  bootId: 'boot-1',
  version: '0.1.0',
  sleeptimeSeconds: 1,
};

const up: NodeState = { kind: 'up', sinceMs: 100 };
const late: NodeState = { kind: 'late', sinceMs: 200, end: { how: 'reset', reason: undefined } };
const down: NodeState = { kind: 'down', sinceMs: 200, end: { how: 'reset', reason: undefined } };
const unknown: NodeState = { kind: 'unknown', sinceMs: 300 };

function record(state: NodeState): NodeRecord {
  return { ...IDENTITY, name: NODE, state, lastSeenMs: 150, position: { segment: 1, offset: 10 } };
}

const connected = (change: Partial<typeof IDENTITY> = {}): FleetEvent => ({
  kind: 'connected',
  ...IDENTITY,
  ...change,
  node: NODE,
  atMs: 500,
});

const disconnected = (how: HowEnded): FleetEvent => ({ kind: 'disconnected', node: NODE, how, atMs: 500 });

t.test('each event moves each state as the picture in fleet.ts says', async (t) => {
  const started: FleetEvent = { kind: 'receiver_started', atMs: 500 };
  const graceOver: FleetEvent = { kind: 'grace_over' };
  const cases: readonly (readonly [NodeState, FleetEvent, NodeState])[] = [
    [up, connected(), up],
    [late, connected(), { kind: 'up', sinceMs: 500 }],
    [down, connected(), { kind: 'up', sinceMs: 500 }],
    [unknown, connected(), { kind: 'up', sinceMs: 500 }],

    [up, disconnected('reset'), { kind: 'late', sinceMs: 500, end: { how: 'reset', reason: undefined } }],
    [up, disconnected('goodbye'), { kind: 'late', sinceMs: 500, end: { how: 'goodbye', reason: undefined } }],
    [up, disconnected('replaced'), up],
    [late, disconnected('closed'), late],
    [down, disconnected('closed'), down],
    [unknown, disconnected('closed'), unknown],

    [up, started, { kind: 'unknown', sinceMs: 500 }],
    [late, started, { kind: 'unknown', sinceMs: 500 }],
    [unknown, started, { kind: 'unknown', sinceMs: 500 }],
    [down, started, down],

    [up, graceOver, up],
    [late, graceOver, down],
    [down, graceOver, down],
    [unknown, graceOver, { kind: 'down', sinceMs: 150, end: { how: 'receiver_away' } }],
  ];
  for (const [before, event, after] of cases) {
    const how = event.kind === 'disconnected' ? ` (${event.how})` : '';
    t.same(stepNode(record(before), event).record?.state, after, `${before.kind}, ${event.kind}${how}`);
  }
});

t.test('a node that timed out counts as away since the last frame', async (t) => {
  const event: FleetEvent = {
    kind: 'disconnected',
    node: NODE,
    how: 'timed_out',
    atMs: 500,
    silentSinceMs: 455,
  };
  const { record: after } = stepNode(record(up), event);
  t.equal(after?.state.sinceMs, 455);
  t.equal(after?.lastSeenMs, 455);
});

t.test('another boot id is a reboot, the same one is not', async (t) => {
  const kinds = (event: FleetEvent) => stepNode(record(late), event).effects.map(({ kind }) => kind);
  t.same(kinds(connected({ bootId: 'boot-2' })), ['state_changed', 'rebooted']);
  t.same(kinds(connected()), ['state_changed']);
});

t.test('a new log under the same name forgets how far the old one was', async (t) => {
  const step = stepNode(record(down), connected({ logId: 'log-2' }));
  t.equal(step.record?.position, undefined);
  t.match(step.effects, [{ kind: 'state_changed' }, { kind: 'log_replaced', formerLogId: 'log-1' }]);
});

t.test('progress moves the position, and the last-seen time only forward', async (t) => {
  const progress = (atMs: number): FleetEvent => ({
    kind: 'progress',
    node: NODE,
    position: { segment: 2, offset: 0 },
    atMs,
  });
  t.match(stepNode(record(up), progress(400)).record, {
    lastSeenMs: 400,
    position: { segment: 2, offset: 0 },
  });
  t.match(stepNode(record(up), progress(50)).record, { lastSeenMs: 150 });
});

t.test('a node that never connected has no state', async (t) => {
  t.equal(stepNode(undefined, disconnected('closed')).record, undefined);
  t.match(stepNode(undefined, connected()).record, { name: '7', state: { kind: 'up', sinceMs: 500 } });
});

t.test('what is planned off goes, comes and ends as the picture in fleet.ts says', async (t) => {
  const plan = { sinceMs: 400, untilMs: undefined, why: '' };
  const off: NodeState = { kind: 'planned_off', sinceMs: 200 };
  const planned = (state: NodeState): NodeRecord => ({ ...record(state), plannedOff: plan });
  const cases: readonly (readonly [NodeRecord, FleetEvent, NodeState, isPlanned: boolean])[] = [
    [record(up), { kind: 'off_planned', plan }, up, true],
    [record(late), { kind: 'off_planned', plan }, off, true],
    [record(down), { kind: 'off_planned', plan }, off, true],
    [record(unknown), { kind: 'off_planned', plan }, { ...off, sinceMs: 300 }, true],
    [planned(up), connected(), up, true],
    [planned(up), disconnected('goodbye'), { ...off, sinceMs: 500 }, true],
    [planned(up), { kind: 'receiver_started', atMs: 500 }, { kind: 'unknown', sinceMs: 500 }, true],
    [planned(unknown), { kind: 'grace_over' }, { ...off, sinceMs: 150 }, true],
    [planned(unknown), connected(), { kind: 'up', sinceMs: 500 }, true],
    [planned(off), { kind: 'receiver_started', atMs: 500 }, off, true],
    [planned(off), { kind: 'grace_over' }, off, true],
    [planned(off), connected(), { kind: 'up', sinceMs: 500 }, false],
    [
      planned(off),
      { kind: 'plan_over', atMs: 500 },
      { ...late, sinceMs: 500, end: { how: 'planned_off' } },
      false,
    ],
    [planned(up), { kind: 'plan_over', atMs: 500 }, up, false],
    [record(down), { kind: 'plan_over', atMs: 500 }, down, false],
  ];
  for (const [before, event, state, isPlanned] of cases) {
    const { record: after } = stepNode(before, event);
    t.strictSame(after?.state, state, `${before.state.kind}, ${event.kind}`);
    t.equal(after?.plannedOff !== undefined, isPlanned);
  }
});

t.test('a node that was last seen while the clock was a year ahead is seen now', async (t) => {
  const position = { segment: 1, offset: 1 };
  const seenMs = (atMs: number, before: NodeRecord) =>
    stepNode(before, { kind: 'progress', node: NODE, position, atMs }).record?.lastSeenMs;
  const ahead = { ...record(up), lastSeenMs: 365 * 86_400_000 };
  t.equal(seenMs(500, ahead), 500);
  t.equal(seenMs(500, { ...record(up), lastSeenMs: 600 }), 600, 'a little disorder is none');
});
