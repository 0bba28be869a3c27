import type { Position } from '../../shared/log/position.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type {
  ConnectionEnd,
  HowEnded,
  NodeIdentity,
  NodeRecord,
  NodeState,
  PlannedOff,
} from './node-record.ts';

/** A node's claim was granted: it is connected. */
export interface ConnectedEvent extends NodeIdentity {
  readonly node: NodeName;
  /** ms since 1970. */
  readonly atMs: number;
}

/** The connection that had been reported as connected ended. Of one that was refused at once there is no event. */
export interface DisconnectedEvent {
  readonly node: NodeName;
  readonly how: HowEnded;
  readonly reason?: string | undefined;
  /** When the end was noticed, ms since 1970. */
  readonly atMs: number;
  /** Of `timed_out`: when the last frame had come, ms since 1970. The node counts as away since then. */
  readonly silentSinceMs?: number | undefined;
}

/** The receiver's copy of a node's log grew. */
export interface ProgressEvent {
  readonly node: NodeName;
  readonly position: Position;
  /** ms since 1970. */
  readonly atMs: number;
}

/** Everything that moves the state of a node. */
export type FleetEvent =
  | ({ readonly kind: 'connected' } & ConnectedEvent)
  | ({ readonly kind: 'disconnected' } & DisconnectedEvent)
  | ({ readonly kind: 'progress' } & ProgressEvent)
  | { readonly kind: 'receiver_started'; readonly atMs: number }
  /** The operator said that it will be off, or is. */
  | { readonly kind: 'off_planned'; readonly plan: PlannedOff }
  /** That no longer holds: by word of the operator, or because the time is over. */
  | { readonly kind: 'plan_over'; readonly atMs: number }
  | { readonly kind: 'grace_over' };

/** What a step of {@link stepNode} means to others. */
export type FleetEffect =
  | { readonly kind: 'state_changed'; readonly from: NodeState | undefined }
  /** It came back under another boot id: the machine had been off or restarted, not just out of reach. */
  | { readonly kind: 'rebooted' }
  /** The same name with another log: the node was set up anew. */
  | { readonly kind: 'log_replaced'; readonly formerLogId: string };

/** A node after an event. The same record again when the event changed nothing. */
export interface FleetStep {
  readonly record: NodeRecord | undefined;
  readonly effects: readonly FleetEffect[];
}

/** The state of a node after an event; pure. A node that is not known begins with `connected`. */
export function stepNode(record: NodeRecord | undefined, event: FleetEvent): FleetStep {
  if (event.kind === 'connected') return connect(record, event);
  if (record === undefined) return { record, effects: [] };
  switch (event.kind) {
    case 'disconnected':
      return disconnect(record, event);
    case 'progress':
      return { record: withProgress(record, event), effects: [] };
    case 'receiver_started':
      return move(record, afterStart(record.state, event.atMs));
    case 'grace_over':
      return move(record, afterGrace(record));
    case 'off_planned':
      return plan(record, event.plan);
    case 'plan_over':
      return endPlan(record, event.atMs);
    default:
      event satisfies never;
      return { record, effects: [] };
  }
}

function connect(record: NodeRecord | undefined, event: ConnectedEvent): FleetStep {
  const { node: name, atMs, ...said } = event;
  const identity: NodeIdentity = {
    logId: said.logId,
    hostName: said.hostName,
    address: said.address,
    bootId: said.bootId,
    version: said.version,
    sleeptimeSeconds: said.sleeptimeSeconds,
  };
  const effects: FleetEffect[] = [];
  // A newer connection of a node that is up takes over from the older one: it was up all the time.
  const state: NodeState = record?.state.kind === 'up' ? record.state : { kind: 'up', sinceMs: atMs };
  if (state !== record?.state) effects.push({ kind: 'state_changed', from: record?.state });
  if (record !== undefined && record.bootId !== identity.bootId) effects.push({ kind: 'rebooted' });
  const isSameLog = record?.logId === identity.logId;
  if (record !== undefined && !isSameLog) {
    effects.push({ kind: 'log_replaced', formerLogId: record.logId });
  }
  const position = isSameLog ? record?.position : undefined;
  // A plan is over when the node is back from it, not when one connects that had yet to go.
  const plannedOff = record?.state.kind === 'planned_off' ? undefined : record?.plannedOff;
  return { record: { ...identity, name, state, position, lastSeenMs: atMs, plannedOff }, effects };
}

function disconnect(record: NodeRecord, event: DisconnectedEvent): FleetStep {
  // `replaced` ends an older connection while the newer one stands, whichever of the two is reported first.
  if (record.state.kind !== 'up' || event.how === 'replaced') return { record, effects: [] };
  const end: ConnectionEnd = { how: event.how, reason: event.reason };
  const sinceMs = event.silentSinceMs ?? event.atMs;
  const late = move(
    record,
    record.plannedOff === undefined ? { kind: 'late', sinceMs, end } : { kind: 'planned_off', sinceMs },
  );
  return { ...late, record: { ...late.record, lastSeenMs: later(record.lastSeenMs, sinceMs) } };
}

function afterStart(state: NodeState, atMs: number): NodeState {
  // What a node did while nobody looked cannot be known; one that was down stays so until it comes back.
  const stays = state.kind === 'down' || state.kind === 'planned_off';
  return stays ? state : { kind: 'unknown', sinceMs: atMs };
}

function afterGrace(record: NodeRecord): NodeState {
  const { state } = record;
  if (state.kind === 'unknown' && record.plannedOff !== undefined) {
    return { kind: 'planned_off', sinceMs: record.lastSeenMs };
  }
  switch (state.kind) {
    case 'late':
      return { kind: 'down', sinceMs: state.sinceMs, end: state.end };
    case 'unknown':
      return { kind: 'down', sinceMs: record.lastSeenMs, end: { how: 'receiver_away' } };
    case 'up':
    case 'down':
    case 'planned_off':
      return state;
    default:
      return state satisfies never;
  }
}

function plan(record: NodeRecord, plannedOff: PlannedOff): FleetStep {
  const { state } = record;
  const planned = { ...record, plannedOff };
  if (state.kind === 'up' || state.kind === 'planned_off') return { record: planned, effects: [] };
  return move(planned, { kind: 'planned_off', sinceMs: state.sinceMs });
}

function endPlan(record: NodeRecord, atMs: number): FleetStep {
  if (record.plannedOff === undefined) return { record, effects: [] };
  const rest = { ...record, plannedOff: undefined };
  if (record.state.kind !== 'planned_off') return { record: rest, effects: [] };
  return move(rest, { kind: 'late', sinceMs: atMs, end: { how: 'planned_off' } });
}

function withProgress(record: NodeRecord, event: ProgressEvent): NodeRecord {
  return { ...record, position: event.position, lastSeenMs: later(record.lastSeenMs, event.atMs) };
}

/** Events of a moment may come in another order. */
const DISORDER_MS = 60_000;

/** The later of two times; a known one that lies well ahead of what happens now was seen while the clock was wrong. */
function later(knownMs: number, nowMs: number): number {
  return knownMs - nowMs > DISORDER_MS ? nowMs : Math.max(knownMs, nowMs);
}

function move(record: NodeRecord, state: NodeState): FleetStep & { readonly record: NodeRecord } {
  if (state === record.state) return { record, effects: [] };
  return { record: { ...record, state }, effects: [{ kind: 'state_changed', from: record.state }] };
}
