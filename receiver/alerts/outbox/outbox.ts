/**
 * Messages on their way out: the table `outbox` and the loops that empty it, one for each channel (`lane.ts`), so that a
 * channel in trouble holds up no other.
 *
 * 1. A message gets in together with the change that it tells, in one transaction. It goes from pending to sent, given
 *    up or into a digest, and never back.
 * 2. It is marked as sent after the channel took it over, never before. A kill in between sends it once more, under the
 *    same Message-ID and with the same bytes: at least once, and recognisable.
 * 3. Messages of one thread reach a recipient in their order.
 * 4. Put off is tried again with exponential backoff and full jitter, for five days. Refused for good is given up at
 *    once; the reason stays visible.
 * 5. While a channel is in trouble one of its messages is tried, not all.
 * 6. The queue is bounded for each recipient. Beyond, all that waits becomes one digest, which takes in what still comes.
 */

import type { Logger } from '../../../shared/logging/logger.ts';
import type { BackoffOptions } from '../../../shared/time/backoff.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Channel, ChannelKind } from '../channels/channel.ts';
import { type Lane, type SendStep, startLane, type Trouble } from './lane.ts';
import type { GivenUpMessage, OutboxStore } from './outbox-store.ts';

/** How one channel is doing. */
export interface ChannelState {
  readonly name: string;
  readonly kind: ChannelKind;
  /** Where to, for people. */
  readonly target: string;
  readonly pending: number;
  /** Why nothing can be sent, and since when; undefined while all is well. */
  readonly trouble: Trouble | undefined;
}

/** How the outbox is doing; shown by `status`. */
export interface OutboxState {
  /** What mails go by. */
  readonly channel: ChannelKind;
  /** Where they go, for people. */
  readonly target: string;
  /** Messages that wait, of all channels. */
  readonly pending: number;
  /** Why mails cannot be sent, and since when; undefined while all is well. */
  readonly trouble: Trouble | undefined;
  /** Every channel, that of mails first. */
  readonly channels: readonly ChannelState[];
  /** The newest that will not be sent. */
  readonly givenUp: readonly GivenUpMessage[];
}

/** A running outbox. */
export interface Outbox extends AsyncDisposable {
  /** Something was added: look now. */
  trigger(): void;
  state(): OutboxState;
}

/** Options of {@link startOutbox}. */
export interface StartOutboxOptions {
  readonly outbox: OutboxStore;
  /** That of mails first. */
  readonly channels: readonly [Channel, ...Channel[]];
  readonly log: Logger;
  readonly clock: Clock;
  /** Between 0 and 1, for the jitter of retries. */
  readonly random?: (() => number) | undefined;
  readonly backoff?: BackoffOptions | undefined;
  /** Called at each step, for tests. */
  readonly atStep?: ((step: SendStep) => void) | undefined;
}

/** Sends what waits, and what will be added, until disposed. */
export function startOutbox(options: StartOutboxOptions): Outbox {
  const { outbox, channels, log, clock } = options;
  const names = channels.map(({ name }) => name);
  const orphans = outbox.giveUpOthers(names, clock.now(), 'its channel is not in alerts.channels any more');
  if (orphans > 0) log.error({ count: orphans }, 'messages of channels that are not configured, given up');
  outbox.hurry(clock.now());
  const lanes = channels.map((channel) => ({ channel, lane: startLane({ ...options, channel }) }));

  function stateOf({ channel, lane }: { readonly channel: Channel; readonly lane: Lane }): ChannelState {
    const { name, kind, target } = channel;
    return { name, kind, target, pending: outbox.countPending(name), trouble: lane.trouble() };
  }

  return {
    trigger() {
      for (const { lane } of lanes) lane.trigger();
    },
    state() {
      const states = lanes.map(stateOf);
      return {
        channel: channels[0].kind,
        target: channels[0].target,
        pending: outbox.countPending(),
        trouble: states[0]?.trouble,
        channels: states,
        givenUp: outbox.givenUp(10),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(lanes.map(({ lane }) => lane[Symbol.asyncDispose]()));
    },
  };
}
