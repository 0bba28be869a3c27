import type { CalmPolicy } from './calm-policy.ts';
import type { Incident } from './incident.ts';
import type { IncidentStore } from './incident-store.ts';
import { markTold } from './life-cycle.ts';
import type { Messenger, NodeNews } from './messenger.ts';
import { dueInMs, type MessageKind, nextMessage } from './next-message.ts';
import { quietHoursClock } from './quiet-hours.ts';
import { isRecoveryDue } from './recovery-rule.ts';
import { judge, type Verdict } from './verdict.ts';

/** How soon to look again at what waits for the quiet hours or a silence to end, ms. */
const HELD_LOOK_MS = 15_000;

/** How soon to look again at what waits for the others of its thread, ms. */
const GROUP_LOOK_MS = 400;

/** Options of {@link createTeller}. */
export interface TellerOptions {
  readonly incidents: IncidentStore;
  readonly messenger: Messenger;
  readonly policy: CalmPolicy;
  /** The id of a silence that holds for the incident now. */
  readonly silenceOf: (incident: Incident) => number | undefined;
}

/** What a look came to. */
export interface Telling {
  /** Whether a message was queued. */
  readonly hasTold: boolean;
  /** How long to wait for the next look if nothing changes before, ms; infinite when there is nothing to wait for. */
  readonly againInMs: number;
}

/** Decides what of the open incidents is told, and tells it. */
export interface Teller {
  /** Tells all that is due. To be called in a transaction. */
  tell(news: NodeNews, nowMs: number): Telling;
  /**
   * Those of the open incidents whose beginning, or end in a mail of its own, would be told now.
   */
  news(open: readonly Incident[], nowMs: number): readonly Incident[];
}

/** A message that is due. */
interface Due {
  readonly incident: Incident;
  readonly kind: MessageKind;
}

/** What is due, by what is done with it. */
interface Batch {
  readonly send: readonly Due[];
  readonly digest: readonly Due[];
  readonly againInMs: number;
}

/** Makes a teller. */
export function createTeller(options: TellerOptions): Teller {
  const { incidents, messenger, policy, silenceOf } = options;
  const isQuietAt = policy.quietHours === undefined ? () => false : quietHoursClock(policy.quietHours);

  function verdictAt(nowMs: number): (due: Due) => Verdict {
    const isQuiet = isQuietAt(nowMs);
    return ({ incident, kind }) =>
      judge(incident, kind, { policy, isQuiet, nowMs, silenceId: silenceOf(incident) });
  }

  function mark({ incident, kind }: Due, nowMs: number, threadId?: number): void {
    incidents.save(markTold(incident, kind, nowMs, threadId));
  }

  /** Looks at every open incident; what need not be sent is dealt with here. */
  function collect(open: readonly Incident[], nowMs: number): Batch {
    const verdictOf = verdictAt(nowMs);
    const send: Due[] = [];
    const digest: Due[] = [];
    const gathering: Due[] = [];
    let againInMs = Number.POSITIVE_INFINITY;
    const again = (ms: number) => {
      againInMs = Math.min(againInMs, ms);
    };
    for (const incident of open) {
      const next = nextMessage(incident, policy);
      const waitMs = next === undefined ? Number.POSITIVE_INFINITY : dueInMs(next, nowMs);
      if (next === undefined || (waitMs > 0 && next.kind !== 'opening')) {
        // What it was held for is no longer so.
        if (incident.isHeld) incidents.save({ ...incident, isHeld: false });
        again(waitMs);
        continue;
      }
      const due = { incident, kind: next.kind };
      const verdict = verdictOf(due);
      if (waitMs > 0) {
        again(waitMs);
        if (verdict.kind === 'send') gathering.push(due);
      } else if (verdict.kind === 'send') send.push(due);
      else if (verdict.kind === 'digest') digest.push(due);
      else {
        settle(incident, verdict, nowMs);
        again(HELD_LOOK_MS);
      }
    }
    // What is being gathered goes along as soon as there is a message that it can stand in.
    const hasOpening = send.some(({ kind }) => kind === 'opening');
    return { send: hasOpening ? [...send, ...gathering] : send, digest, againInMs };
  }

  function settle(incident: Incident, verdict: Verdict, nowMs: number): void {
    if (verdict.kind === 'drop') mark({ incident: verdict.incident, kind: verdict.as }, nowMs);
    if (verdict.kind !== 'hold') return;
    const { silenceId, isHeld } = verdict.incident;
    if (silenceId !== incident.silenceId || isHeld !== incident.isHeld) incidents.save(verdict.incident);
  }

  /** Those of which their thread may say by now that they are over; the others wait for each other. */
  function tellEnds(
    ends: readonly Incident[],
    open: readonly Incident[],
    news: NodeNews,
    nowMs: number,
  ): boolean {
    const rest = Map.groupBy(
      open.filter((one) => one.told === 'opening' && !one.isFlapping),
      threadAndRule,
    );
    let areAllTold = true;
    for (const [thread, over] of Map.groupBy(ends, threadAndRule)) {
      const others = rest.get(thread) ?? [];
      const backSince = others.map(({ isFiring, changedMs }) => (isFiring ? undefined : changedMs));
      const told = isRecoveryDue(backSince, nowMs, policy)
        ? over
        : over.filter(({ isFlapping }) => isFlapping);
      if (told.length < over.length) areAllTold = false;
      const [first] = told;
      if (first?.threadId === undefined) continue;
      const toldOnes = new Set(told);
      const lasting = others.filter((one) => !toldOnes.has(one));
      messenger.end(first.threadId, { over: told, lasting }, news, nowMs);
      for (const incident of told) mark({ incident, kind: 'end' }, nowMs);
    }
    return areAllTold;
  }

  function tellDigest(digest: readonly Due[], nowMs: number): void {
    if (digest.length === 0) return;
    const told = digest.map(({ incident, kind }) => markTold(incident, kind, nowMs, undefined));
    messenger.digest(told, nowMs, (incident, threadId) =>
      incidents.save({ ...incident, threadId: incident.threadId ?? threadId }),
    );
  }

  function tellReplies(due: readonly Due[], nowMs: number): void {
    for (const group of Map.groupBy(due, ({ incident, kind }) => `${kind} ${incident.threadId}`).values()) {
      const [first] = group;
      if (first === undefined || first.incident.threadId === undefined) continue;
      if (first.kind === 'opening' || first.kind === 'end') continue;
      const about = group.map(({ incident }) => incident);
      messenger.reply(first.kind, first.incident.threadId, about, nowMs);
      for (const one of group) mark(one, nowMs);
    }
  }

  return {
    news(open, nowMs) {
      const verdictOf = verdictAt(nowMs);
      return open.filter((incident) => {
        const next = nextMessage(incident, policy);
        const isNews = next?.kind === 'opening' || (next?.kind === 'end' && isAlone(incident, open));
        if (!isNews || dueInMs(next, nowMs) > 0) return false;
        return verdictOf({ incident, kind: next.kind }).kind === 'send';
      });
    },
    tell(news, nowMs) {
      const open = incidents.open();
      const { send, digest, againInMs } = collect(open, nowMs);
      if (send.length === 0 && digest.length === 0) return { hasTold: false, againInMs };

      const isNews = ({ incident, kind }: Due) =>
        kind === 'opening' || (kind === 'worse' && incident.threadId === undefined);
      const begun = send.filter(isNews).map(({ incident }) => incident);
      messenger.open(begun, news, nowMs, (incident, threadId) =>
        mark({ incident, kind: 'opening' }, nowMs, threadId),
      );
      tellDigest(digest, nowMs);
      tellReplies(
        send.filter((due) => !isNews(due)),
        nowMs,
      );
      const ends = send.filter(({ kind }) => kind === 'end').map(({ incident }) => incident);
      const areAllTold = tellEnds(ends, open, news, nowMs);
      // What was told has something to come: its end or a reminder.
      return { hasTold: true, againInMs: areAllTold ? 0 : GROUP_LOOK_MS };
    },
  };
}

/** Whether the end of an incident waits for no others of its thread. */
function isAlone(incident: Incident, open: readonly Incident[]): boolean {
  return !open.some((one) => one !== incident && threadAndRule(one) === threadAndRule(incident));
}

function threadAndRule({ threadId, rule }: Incident): string {
  return `${threadId} ${rule}`;
}
