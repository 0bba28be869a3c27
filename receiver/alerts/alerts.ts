/**
 * Alerts: what the administrator is told, when, and how it gets there.
 *
 *     fleet ──▶ disconnect rule ─┐
 *                                ├─▶ incident + mail, one transaction ──▶ outbox ──▶ channel (SMTP, or .eml files)
 *     other parts ──▶ problems ──┘
 *
 * Invariants. Tests cite them by number.
 *
 * 1. The change and the message that tells it are one transaction: a kill at any moment repeats or resumes, and loses nothing.
 * 2. One incident while it lasts: a mail when it begins, one in the same thread when it is over.
 * 3. A node that is back within the grace was never away. The grace runs on the clock that never jumps. After an absence of the
 *    receiver itself (a restart, a suspended machine) it lasts until every sender has had the time to come back.
 * 4. What happens together is told together: forty nodes lost at once are one mail.
 * 5. Nothing here waits for a mail server: a dead one delays mails and nothing else.
 * 6. Text from outside cannot add a header, a recipient or markup to a mail.
 *
 * State: `fleet.db` (schema in fleet/state-store.ts). Without an SMTP server, mails: `mail/*.eml` in the data directory.
 * Main thread only.
 */

import type { Logger } from '../../shared/logging/logger.ts';
import type { SmtpTimeouts } from '../../shared/mail/smtp-config.ts';
import type { BackoffOptions } from '../../shared/time/backoff.ts';
import { type Clock, systemClock } from '../../shared/time/clock.ts';
import { every } from '../../shared/time/every.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { repeatedFailure } from '../fleet/repeated-failure.ts';
import type { StateStore } from '../fleet/state-store.ts';
import { openChannels } from './channels/open-channels.ts';
import { CALM_POLICY, type CalmPolicy } from './incidents/calm-policy.ts';
import { type Incidents, watchIncidents } from './incidents/incidents.ts';
import type { Problem } from './incidents/problems.ts';
import type { RecentSource } from './incidents/read-recent.ts';
import type { MailOptions } from './mail-options.ts';
import type { SendStep } from './outbox/lane.ts';
import { type OutboxState, startOutbox } from './outbox/outbox.ts';
import { outboxStore } from './outbox/outbox-store.ts';
import { type PostStep, postOffice } from './outbox/post-office.ts';
import { type Silences, startSilences } from './silences/silences.ts';
import { watchLogin } from './watch-login.ts';

export type { Incident } from './incidents/incident.ts';
export type { Problem } from './incidents/problems.ts';
export type { MailOptions } from './mail-options.ts';

/** How often the rules look whether something is due, ms; looking costs next to nothing. */
const LOOK_MS = 500;

/** Messages that may wait for one recipient before they become a digest. */
const QUEUE_LIMIT = 500;

/** When things are told; all in ms. */
export interface AlertTimes {
  /** How long a node may be away before anybody is told. */
  readonly graceMs: number;
  /** What happens at most so far apart is told together. */
  readonly groupMs: number;
  /** How long the first of a group of lost nodes waits for the others at most. */
  readonly longestGroupMs: number;
  /** How long a node must be back before anybody is told. */
  readonly settleMs: number;
  /** How long nodes that are back wait for the others of their group. */
  readonly digestMs: number;
}

/** The defaults of {@link AlertTimes}. */
export const ALERT_TIMES: AlertTimes = {
  graceMs: 10_000,
  groupMs: 2_000,
  longestGroupMs: 15_000,
  settleMs: 2_000,
  digestMs: 15_000,
};

/** The alerts of a running receiver. */
export interface Alerts extends AsyncDisposable {
  /** A problem began; does nothing while one with the same key lasts. Durable when it returns, unless the disk is full. */
  raise(problem: Problem): void;
  /** The problem with this key is over; does nothing when there is none. */
  clear(key: string): void;
  /** Something happened that does not last; with the same key at most once an hour. */
  report(problem: Problem): void;
  /** What is wrong and what was; who takes care of it. */
  readonly incidents: Pick<Incidents, 'acknowledge' | 'open' | 'history'>;
  /** When nobody is told. */
  readonly silences: Silences;
  /** How the mails are doing. */
  state(): OutboxState & {
    /**
     * Why the mail servers would not take any, as far as a login tells; undefined while they would.
     */
    readonly loginComplaint: string | undefined;
  };
}

/** Options of {@link startAlerts}. */
export interface StartAlertsOptions {
  readonly store: StateStore;
  readonly fleet: Fleet;
  /** The data directory. */
  readonly directory: string;
  readonly mail: MailOptions;
  /** Overrides of {@link ALERT_TIMES}. */
  readonly times?: Partial<AlertTimes> | undefined;
  /** Overrides of {@link CALM_POLICY}. */
  readonly policy?: Partial<CalmPolicy> | undefined;
  /** What the log of a node says about the time before its end. May fail or be slow: the mail does without. */
  readonly readRecent: RecentSource['readRecent'];
  readonly log: Logger;
  readonly clock?: Clock | undefined;
  /** Between 0 and 1, for the jitter of retries. */
  readonly random?: (() => number) | undefined;
  readonly backoff?: BackoffOptions | undefined;
  readonly smtpTimeouts?: SmtpTimeouts | undefined;
  /** Called at each step of a message, for tests that stop the program there. */
  readonly atStep?: ((step: PostStep | SendStep) => void) | undefined;
}

/** Starts watching the fleet and sending messages. Start it after the fleet, dispose it before. */
export function startAlerts(options: StartAlertsOptions): Alerts {
  const { store, fleet, log, readRecent } = options;
  const clock = options.clock ?? systemClock;
  const times = { ...ALERT_TIMES, ...options.times };
  const { channels, destinations, domain } = openChannels(options);
  const outbox = outboxStore(store);
  const { to, queueLimit = QUEUE_LIMIT, linkBase } = options.mail;
  const { atStep } = options;
  const post = postOffice({ store, outbox, domain, to, destinations, queueLimit, linkBase, atStep });
  const silences = startSilences({ store, clock, onChange: () => incidents.lookAgain() });
  const ending = new AbortController();
  let isWaking = false;
  const incidents = watchIncidents({
    store,
    fleet,
    post,
    rule: times,
    policy: { ...CALM_POLICY, settleMs: times.settleMs, digestMs: times.digestMs, ...options.policy },
    silenceOf: silences.silenceOf,
    readRecent,
    clock,
    log,
    wakeIn(ms) {
      // Soon enough by the usual look; a timer for each of many nodes would be many.
      if (ms > LOOK_MS || isWaking) return;
      isWaking = true;
      clock.sleep(ms, ending.signal).then(
        () => {
          isWaking = false;
          telling.trigger();
        },
        () => undefined,
      );
    },
  });
  const sending = startOutbox({ ...options, outbox, channels, clock });

  const login = watchLogin(options.mail, clock);

  const failure = repeatedFailure(log, 'cannot queue a message');
  const telling = every(
    async () => {
      if (await incidents.tell()) sending.trigger();
      failure.succeeded();
    },
    { intervalMs: LOOK_MS, clock, onError: failure.failed },
  );

  return {
    raise: incidents.raise,
    clear: incidents.clear,
    report: incidents.report,
    incidents,
    silences,
    state: () => ({ ...sending.state(), loginComplaint: login.complaint() }),
    async [Symbol.asyncDispose]() {
      incidents[Symbol.dispose]();
      login[Symbol.dispose]();
      ending.abort();
      await telling[Symbol.asyncDispose]();
      await sending[Symbol.asyncDispose]();
    },
  };
}
