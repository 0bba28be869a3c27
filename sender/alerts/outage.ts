import { randomUUID } from 'node:crypto';

/** Whether there is a receiver. */
export type Reachability =
  | { readonly kind: 'connected'; readonly receiver: string }
  | { readonly kind: 'away'; readonly receiver: string; readonly reason: string | undefined };

/** What is remembered of a time without a receiver. All times in ms since 1970, of this machine's clock. */
interface KnownOutage {
  /** Names it in Message-IDs. */
  readonly id: string;
  readonly sinceMs: number;
  /** When it had lasted long enough to be told. */
  readonly foundMs: number;
  readonly receiver: string;
  readonly reason: string | undefined;
}

/** How far the telling of an outage has got. */
export type Outage =
  | { readonly kind: 'none' }
  /** Not long enough yet. The second time is of the clock that never jumps; only it is measured by. */
  | {
      readonly kind: 'brief';
      readonly sinceMs: number;
      readonly sinceMonotonicMs: number;
      readonly reason: string | undefined;
    }
  | ({ readonly kind: 'telling_loss' } & KnownOutage)
  | ({ readonly kind: 'told' } & KnownOutage)
  | ({ readonly kind: 'telling_return'; readonly backMs: number } & KnownOutage);

/** A moment by both clocks. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** What becomes of an outage as time goes by. Returns the same object when nothing does. */
export function nextOutage(
  outage: Outage,
  reachable: Reachability,
  now: Moment,
  lostAfterMs: number,
  newId: () => string = randomUUID,
): Outage {
  if (reachable.kind === 'connected') return whenConnected(outage, reachable.receiver, now);
  const { receiver } = reachable;
  switch (outage.kind) {
    case 'none':
      return {
        kind: 'brief',
        sinceMs: now.wallMs,
        sinceMonotonicMs: now.monotonicMs,
        reason: reachable.reason,
      };
    case 'brief': {
      // In the middle of a try nobody knows why it will fail; the try before does.
      const { sinceMs } = outage;
      const reason = reachable.reason ?? outage.reason;
      const isLost = now.monotonicMs - outage.sinceMonotonicMs >= lostAfterMs;
      if (!isLost) return reason === outage.reason ? outage : { ...outage, reason };
      return { kind: 'telling_loss', id: newId(), sinceMs, foundMs: now.wallMs, receiver, reason };
    }
    // That it was back for a moment is told first; the next outage begins after that.
    case 'telling_loss':
    case 'told':
    case 'telling_return':
      return outage;
    default:
      return outage satisfies never;
  }
}

function whenConnected(outage: Outage, receiver: string, { wallMs }: Moment): Outage {
  switch (outage.kind) {
    case 'brief':
    // Nobody was told of the loss, so nobody wonders.
    case 'telling_loss':
      return { kind: 'none' };
    case 'told':
      return { ...outage, kind: 'telling_return', receiver, backMs: wallMs };
    case 'none':
    case 'telling_return':
      return outage;
    default:
      return outage satisfies never;
  }
}
