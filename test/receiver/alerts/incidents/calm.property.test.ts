import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { CALM_POLICY } from '../../../../receiver/alerts/incidents/calm-policy.ts';
import { type CalmParts, type Letter, startIncidents } from './start-incidents.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const { flapping } = CALM_POLICY;
/** Where the end is not told by default, it is here: alternating is what is to be seen. */
const severities = {
  ...CALM_POLICY.severities,
  info: { ...CALM_POLICY.severities.info, isRecoverySent: true },
};

/**
 * Mails about one key that an hour can hold at most: down and back of those that do not count as flapping yet, of the last
 * before and of the first that does; and what a flapping incident says of itself, as often as it can be quiet in between.
 */
const MOST_PER_HOUR = 2 * (flapping.times + 1) + 2 * (HOUR_MS / flapping.quietMs + 1);

const KEYS = ['disconnect:7', 'disconnect:8', 'disk:7'] as const;

/** Something happens, and then a while passes. */
const step = fc.record({
  key: fc.constantFrom(...KEYS),
  isWrong: fc.boolean(),
  severity: fc.constantFrom('info', 'warning', 'critical'),
  silenceMs: fc.oneof(
    { weight: 19, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.integer({ min: 1_000, max: HOUR_MS }) },
  ),
  // Mostly seconds, sometimes long: that is where counting goes wrong.
  waitMs: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 40_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 10 * MINUTE_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 90 * MINUTE_MS }) },
  ),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function apply(parts: CalmParts, { key, isWrong, severity, silenceMs }: Step): void {
  const [rule, node = ''] = key.split(':');
  if (silenceMs !== undefined) parts.silences.begin({ pattern: key, forMs: silenceMs, why: '', by: 'test' });
  if (rule === 'disconnect') (isWrong ? parts.down : parts.up)(node);
  else if (isWrong) parts.raise(key, { severity });
  else parts.incidents.clear(key);
}

async function run(steps: readonly Step[], more: Parameters<typeof startIncidents>[0]['policy'] = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'fleetkeep-calm-'));
  try {
    await using parts = startIncidents({ directory, policy: { severities, ...more } });
    parts.up('7');
    parts.up('8');
    for (const one of steps) {
      apply(parts, one);
      await parts.pass(one.waitMs, Math.max(1_000, one.waitMs / 30));
    }
    return parts.letters;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The letters that tell of this key. */
function about(letters: readonly Letter[], key: string): readonly Letter[] {
  return letters.filter((letter) => letter.about.some((alert) => alert.key === key));
}

function assertBounded(letters: readonly Letter[]): void {
  for (const [index, { atMs }] of letters.entries()) {
    const within = letters.slice(index).filter((later) => later.atMs < atMs + HOUR_MS);
    if (within.length > MOST_PER_HOUR) throw new Error(`${within.length} mails within an hour`);
  }
}

/**
 * Firing in a new thread, then anything in that thread, then resolved; or both at once. The mail at the end of the quiet
 * hours stands in a thread of its own whatever it tells.
 */
function assertAlternating(letters: readonly Letter[], key: string): void {
  let openThread: number | undefined;
  for (const { threadId, about: alerts, subject, text } of letters) {
    const isFiring = alerts.some((alert) => alert.key === key && alert.endedMs === undefined);
    const isDigest = text.startsWith('In the quiet hours');
    if (openThread !== undefined && threadId !== openThread && !isDigest)
      throw new Error(`firing twice: ${text}`);
    if (openThread === undefined && subject === undefined) throw new Error(`said after its end: ${text}`);
    openThread = isFiring ? (openThread ?? threadId) : undefined;
  }
}

function assertAllDifferent(letters: readonly Letter[]): void {
  for (const thread of Map.groupBy(letters, ({ threadId }) => threadId).values()) {
    const texts = thread.map(({ text }) => text);
    if (new Set(texts).size !== texts.length) throw new Error(`the same twice: ${texts.join('\n---\n')}`);
  }
}

/** How many letters were looked at; a run that sends none would be as calm as can be. */
let looked = 0;

function assertCalm(letters: readonly Letter[]): void {
  looked += letters.length;
  assertAllDifferent(letters);
  for (const key of KEYS) {
    assertBounded(about(letters, key));
    assertAlternating(about(letters, key), key);
  }
}

/** How many series are tried; more in `.ci/run`. */
const RUNS = Number(process.env['FLEETKEEP_CALM_RUNS'] ?? 20);

t.test('incidents invariants 1 and 2: for any series of ups and downs', async (t) => {
  const steps = fc.array(step, { maxLength: 120, size: 'max' });
  await t.resolves(
    fc.assert(
      fc.asyncProperty(steps, async (series) => assertCalm(await run(series))),
      { numRuns: RUNS, endOnFailure: true },
    ),
  );
  t.ok(looked > RUNS, `${looked} letters were looked at`);
});

t.test('incidents invariants 1, 2 and 5: the same with quiet hours', async (t) => {
  const steps = fc.array(step, { maxLength: 60, size: 'max' });
  await t.resolves(
    fc.assert(
      fc.asyncProperty(steps, fc.nat(1439), fc.nat(1439), async (series, fromMinute, toMinute) => {
        const quietHours = {
          fromMinute,
          toMinute,
          timeZone: 'UTC',
          severities: ['warning', 'critical'],
        } as const;
        assertCalm(await run(series, { quietHours }));
      }),
      { numRuns: RUNS / 2, endOnFailure: true },
    ),
  );
});

t.test('incidents invariant 2: 402 changes of one machine in a night are a handful of mails', async (t) => {
  const series = Array.from({ length: 402 }, (_, index) => ({
    key: 'disconnect:7' as const,
    isWrong: index % 2 === 0,
    severity: 'critical' as const,
    silenceMs: undefined,
    waitMs: 35_000,
  }));
  t.equal((await run(series)).length, 7);
});
