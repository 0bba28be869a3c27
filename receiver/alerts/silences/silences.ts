/**
 * Silences: times in which nobody is told, because somebody knows already (an update, a move).
 *
 * 1. Durable when `begin` or `end` returns; they outlive the receiver.
 * 2. A silence is about telling, not about knowing: what it covers is recorded, and told when it ends if it still lasts.
 * 3. Bounded: so many at a time, so long at most.
 * 4. It lasts as long as was wanted, wherever the clock on the wall is set meanwhile.
 */

import { UserError } from '../../../shared/errors/errors.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { Spans } from '../../../shared/time/spans.ts';
import type { StateStore } from '../../fleet/state-store.ts';
import { matchesPattern, type Silenceable } from './matches-pattern.ts';
import { type Silence, silenceStore } from './silence-store.ts';

export type { Silence } from './silence-store.ts';

/** Silences at a time at most. */
const MAX_SILENCES = 500;

/** What is wanted of a new silence. */
export interface NewSilence {
  /** A node, a rule or a key, with `*` and `?`; see matches-pattern.ts. */
  readonly pattern: string;
  readonly forMs: number;
  readonly why: string;
  /** Who wants it. */
  readonly by: string;
}

/** The silences of a running receiver. */
export interface Silences {
  /** @throws UserError `USAGE` when there are too many */
  begin(silence: NewSilence): Silence;
  /** Ends one before its time. @throws UserError `ALERT_UNKNOWN` when it does not last */
  end(id: number): void;
  /** Those that last. */
  active(): readonly Silence[];
  /** The id of one that covers this now. */
  silenceOf(what: Silenceable): number | undefined;
}

/** Options of {@link startSilences}. */
export interface SilencesOptions {
  readonly store: StateStore;
  readonly clock: Clock;
  /** Something may be told now that was not before, or the other way round. */
  readonly onChange: () => void;
}

/** Opens the silences in the receiver's state. */
export function startSilences({ store, clock, onChange }: SilencesOptions): Silences {
  const table = silenceStore(store);
  const spans = new Spans<number>(clock);
  let known = table.endingAfter(clock.now());
  const isActive = ({ id, beginsMs, endsMs }: Silence) =>
    spans.leftMs(id, { fromMs: beginsMs, untilMs: endsMs }) > 0;
  const active = () => known.filter(isActive);
  // Their time runs from now on, whatever the clock is set to.
  active();

  return {
    begin({ pattern, forMs, why, by }) {
      const beginsMs = clock.now();
      if (active().length >= MAX_SILENCES) {
        throw new UserError('USAGE', `there are ${MAX_SILENCES} silences already`, {
          hint: 'One with a pattern such as "lab-*" covers many nodes. fleetkeep-receiver silence end ID ends one.',
        });
      }
      const silence = table.insert({ pattern, why, by, beginsMs, endsMs: beginsMs + forMs });
      known = [...active(), silence];
      isActive(silence);
      onChange();
      return silence;
    },
    end(id) {
      const silence = active().find((one) => one.id === id);
      if (silence === undefined || !table.end(id, Math.min(clock.now(), silence.endsMs - 1))) {
        throw new UserError('ALERT_UNKNOWN', `there is no silence ${id} that lasts`, {
          hint: 'fleetkeep-receiver silence list shows those that there are.',
        });
      }
      known = known.filter((one) => one.id !== id);
      onChange();
    },
    active,
    silenceOf: (what) => active().find(({ pattern }) => matchesPattern(pattern, what))?.id,
  };
}
