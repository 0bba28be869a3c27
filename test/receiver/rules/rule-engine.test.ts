import fc from 'fast-check';
import t from 'tap';
import { concerns } from '../../../receiver/rules/concerns.ts';
import { problemOf } from '../../../receiver/rules/problem-of.ts';
import { type Past, RuleEngine } from '../../../receiver/rules/rule-engine.ts';
import type { NamedRule, RuleChange } from '../../../receiver/rules/rules.ts';
import type { SampleStamp } from '../../../receiver/rules/sample-clock.ts';
import { DEFAULT_RULES, type RuleSettings } from '../../../shared/config/default-rules.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { holds } from '../../helpers/holds.ts';

const SEED = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
const START_MS = Date.UTC(2026, 10, 20, 22);
const SEVEN = parseNodeName('7');

interface Watch {
  readonly engine: RuleEngine;
  /** `raise cpu:7` and the like, with the second in which it was told. */
  readonly told: string[];
  readonly changes: RuleChange[];
  /** Lets a value stand for some seconds, one look a second. */
  hold(series: string, value: number, seconds: number): void;
  nowMs(): number;
}

function watch(
  rules: Readonly<Record<string, RuleSettings>>,
  firing: readonly string[] = [],
  wallNow?: () => number,
): Watch {
  let nowMs = START_MS;
  const told: string[] = [];
  const changes: RuleChange[] = [];
  const tell = (kind: string, key: string) => told.push(`${(nowMs - START_MS) / 1000} ${kind} ${key}`);
  const engine = new RuleEngine({
    rules: Object.entries(rules).map(([name, rule]): NamedRule => ({ ...rule, name })),
    concerns: (rule, node) => concerns(rule, node, { '7': ['garage'] }),
    firing,
    nowMs,
    onChange(change) {
      changes.push(change);
      tell(change.kind, change.key);
    },
    wallNow,
    onGone: (key) => void tell('gone', key),
  });
  return {
    ...{ engine, told, changes },
    nowMs: () => nowMs,
    hold(series, value, seconds) {
      for (let second = 0; second < seconds; second++) {
        nowMs += 1000;
        engine.take(SEVEN, series, value, engine.arrived(SEVEN, stampOf(nowMs), nowMs));
        if ((nowMs / 1000) % 60 === 0) engine.tick(nowMs);
      }
    },
  };
}

function stampOf(atMs: number): SampleStamp {
  return { boot: 'a', up: (atMs - START_MS) / 1000, atMs };
}

function only(name: string, changes: Partial<RuleSettings> = {}): Readonly<Record<string, RuleSettings>> {
  const rule = DEFAULT_RULES[name];
  if (rule === undefined) throw new Error(`no rule ${name}`);
  return { [name]: { ...rule, ...changes } };
}

t.test(
  'each default rule is raised after its time beyond the threshold, and over after its time within',
  async (t) => {
    const cases: readonly (readonly [
      rule: string,
      series: string,
      bad: number,
      between: number,
      well: number,
    ])[] = [
      ['cpu', 'cpu.used', 0.96, 0.9, 0.5],
      ['memory', 'mem.ratio', 0.97, 0.92, 0.5],
      ['swap', 'swap.ratio', 0.9, 0.7, 0.1],
      ['load', 'load.per_cpu', 5, 3.5, 1],
      ['filesystem', 'fs.ratio:/var', 0.91, 0.89, 0.5],
      ['filesystem-critical', 'fs.ratio:/var', 0.98, 0.96, 0.5],
      ['inodes', 'fs.inodes:/var', 0.95, 0.89, 0.1],
      ['temperature', 'temp:cpu', 90, 80, 50],
      ['pressure', 'psi.io', 0.7, 0.5, 0.1],
      ['network-errors', 'net.errors:eth0', 20, 5, 0],
    ];
    for (const [name, series, bad, between, well] of cases) {
      const { for_seconds: forSeconds = 0, clear_for_seconds: clearForSeconds = 0 } =
        DEFAULT_RULES[name] ?? {};
      const { hold, told, changes } = watch(only(name));
      hold(series, bad, forSeconds);
      t.strictSame(told, [], `${name}: not yet`);
      hold(series, bad, 1);
      const key = told[0]?.split(' ')[2];
      t.strictSame(told, [`${forSeconds + 1} raise ${key}`]);
      hold(series, between, 2 * forSeconds);
      t.equal(told.length, 1, `${name}: what lies between ends nothing`);
      hold(series, well, forSeconds + clearForSeconds);
      t.match(told.slice(1), [/^\d+ clear /], `${name}: over once`);
      t.ok(told[1]?.endsWith(key ?? '-'));
      const [raised] = changes;
      if (raised !== undefined)
        t.match(problemOf(raised), {
          node: '7',
          title: /^node 7: .{10,}/,
          detail: /raised [\s\S]* over when/,
        });
    }
  },
);

t.test('words are those that people use', async (t) => {
  const title = (name: string, series: string, value: number) => {
    const { hold, changes } = watch(only(name, { for_seconds: 0 }));
    hold(series, value, 1);
    const [change] = changes;
    return change === undefined ? undefined : problemOf(change).title;
  };
  t.equal(title('filesystem', 'fs.ratio:/var', 0.934), 'node 7: /var is 93 % full');
  t.equal(title('temperature', 'temp:nvme0', 91.4), 'node 7: nvme0 is at 91 °C');
  t.equal(title('pressure', 'psi.io', 0.75), 'node 7: programs wait for a disk 75 % of the time');
  t.equal(title('load', 'load.per_cpu', 6.12), 'node 7: the load is 6.1 for each processor');
});

t.test(
  'a rule goes by the mean over its window: values below the threshold now and then end nothing',
  async (t) => {
    const { hold, told, changes } = watch(only('cpu'));
    // Every tenth second it does nothing: 0.9 * 1 + 0.1 * 0.6 = 0.96.
    for (let second = 0; second < 900; second++) hold('cpu.used', second % 10 === 0 ? 0.6 : 1, 1);
    t.strictSame(told, [], 'before the window has passed nothing is said');
    hold('cpu.used', 1, 1);
    t.match(told, ['901 raise cpu:7']);
    const [raised] = changes;
    t.ok(Math.abs((raised?.judged ?? 0) - 0.96) < 0.002, `the mean is ${raised?.judged}`);
    t.match(raised && problemOf(raised), {
      title: 'node 7: the CPU was 96 % busy over the last 15 min',
      detail: /raised when the mean over 15 min is at 95 %, over when it is at 85 %/,
    });
    for (let second = 0; second < 900; second++) hold('cpu.used', second % 10 === 0 ? 1 : 0.89, 1);
    t.equal(told.length, 1, 'between the thresholds it goes on');
    hold('cpu.used', 0.5, 300);
    t.match(told[1], /clear cpu:7$/, 'and it is over by the same mean');
  },
);

t.test('a spike is no problem, whatever the interval', async (t) => {
  const { hold, told } = watch(only('memory'));
  hold('mem.ratio', 0.5, 300);
  hold('mem.ratio', 1, 60);
  hold('mem.ratio', 0.5, 300);
  t.strictSame(told, []);
});

t.test(
  'the mean counts each sample for as long as it stands, over gaps, reboots and repeated samples',
  async (t) => {
    const { engine, told } = watch(only('cpu'));
    let nowMs = START_MS;
    let boot = 'a';
    const take = (value: number, seconds: number) => {
      nowMs += seconds * 1000;
      const stamp = { boot, up: (nowMs - START_MS) / 1000, atMs: nowMs };
      engine.take(SEVEN, 'cpu.used', value, engine.arrived(SEVEN, stamp, nowMs));
    };
    // A node that is idle and samples every second is set to every minute, and is busy then.
    for (let second = 0; second < 600; second++) take(0.1, 1);
    for (let minute = 0; minute < 13; minute++) take(1, 60);
    t.strictSame(told, [], '600 samples of a second do not weigh more than 13 of a minute, nor less');
    for (let minute = 0; minute < 3; minute++) take(1, 60);
    t.match(told, [/raise cpu:7$/]);

    const gap = watch(only('cpu'));
    gap.hold('cpu.used', 1, 500);
    const at = gap.nowMs() + 1_000_000;
    for (let second = 0; second <= 900; second++) {
      const late = at + second * 1000;
      if (second === 899) t.strictSame(gap.told, [], 'a silence of the window’s length begins it again');
      gap.engine.take(SEVEN, 'cpu.used', 1, gap.engine.arrived(SEVEN, stampOf(late), late));
    }
    t.equal(gap.told.length, 1);

    const rebooted = watch(only('memory'));
    rebooted.hold('mem.ratio', 0.5, 200);
    nowMs = rebooted.nowMs();
    boot = 'b';
    for (let second = 1; second < 100; second++) {
      const stamp = { boot, up: second, atMs: nowMs + second * 1000 };
      // The same sample comes beside the log first, then in it.
      for (const value of [1, 0]) {
        const moment = rebooted.engine.arrived(SEVEN, stamp, stamp.atMs);
        rebooted.engine.take(SEVEN, 'mem.ratio', value, moment);
      }
    }
    const [state] = rebooted.engine.states();
    t.ok(Math.abs((state?.value ?? 0) - 0.9) < 0.03, `a repeated sample counts once: ${state?.value}`);
  },
);

t.test('what rules look back over is known after a restart', async (t) => {
  const past: Past = Array.from({ length: 100 }, (_, index) => ({
    endMs: START_MS - (100 - index) * 10_000,
    coversMs: 10_000,
    values: [['cpu.used', 1]],
  }));
  const told: string[] = [];
  const engine = new RuleEngine({
    rules: Object.entries(only('cpu')).map(([name, rule]): NamedRule => ({ ...rule, name })),
    ...{ concerns: () => true, firing: [], nowMs: START_MS, onGone: () => undefined },
    past: (_, { fromMs, toMs }) => past.filter(({ endMs }) => endMs > fromMs && endMs <= toMs),
    onChange: ({ kind, key }) => told.push(`${kind} ${key}`),
  });
  const take = (second: number, value: number, isPresent: boolean) => {
    const stamp = stampOf(START_MS + second * 1000);
    engine.take(SEVEN, 'cpu.used', value, engine.arrived(SEVEN, stamp, stamp.atMs, isPresent));
  };
  for (let second = 0; second < 20; second++) take(second, 1, false);
  t.strictSame(told, [], 'what was sent before the start says nothing');
  take(20, 1, true);
  t.strictSame(told, ['raise cpu:7']);
});

t.test('a file system that fills is told of before it is full, by the line through six hours', async (t) => {
  const { engine, told, changes } = watch(only('filesystem-24h', { for_seconds: 0, clear_for_seconds: 0 }));
  const take = (minute: number, ratio: number) => {
    const nowMs = START_MS + minute * 60_000;
    engine.take(SEVEN, 'fs.ratio:/', ratio, engine.arrived(SEVEN, stampOf(nowMs), nowMs));
  };
  // Two percent an hour, from a half: full in less than 24 h from the beginning.
  for (let minute = 0; minute < 59; minute++) take(minute, 0.5 + (minute / 60) * 0.02);
  t.strictSame(told, [], 'an hour of it has to be known');
  for (let minute = 59; minute < 120; minute++) take(minute, 0.5 + (minute / 60) * 0.02);
  const [raised] = changes;
  t.ok(raised !== undefined && Math.abs(raised.value - 24) < 0.7, `in ${raised?.value} hours`);
  t.match(raised && problemOf(raised).title, /^node 7: \/ will be full in about 2[34] h$/);
  for (let minute = 120; minute < 600; minute++) take(minute, 0.54);
  t.match(told.at(-1), 'clear filesystem-24h:7:/');
});

t.test('a clock that is off is found in spite of delays on the way, and backlog is none', async (t) => {
  const { engine, told } = watch(only('clock-skew', { for_seconds: 0 }));
  for (let second = 0; second < 600; second++) {
    const nowMs = START_MS + second * 1000;
    // Backlog: hours old at first, then as it should be.
    const delayMs = second < 30 ? 7_200_000 : (second % 7) * 1000;
    engine.arrived(SEVEN, stampOf(nowMs - delayMs), nowMs);
  }
  t.strictSame(told, []);
  for (let second = 600; second < 1200; second++) {
    const nowMs = START_MS + second * 1000;
    engine.arrived(SEVEN, stampOf(nowMs - 90_000 - (second % 7) * 1000), nowMs);
  }
  t.match(told, [/raise clock-skew:7$/]);
});

t.test('it is the clock on the wall that those of the nodes are compared with', async (t) => {
  let wallMs = START_MS;
  const { engine, told } = watch(only('clock-skew', { for_seconds: 0 }), [], () => wallMs);
  for (let second = 0; second < 1200; second++) {
    const nowMs = START_MS + second * 1000;
    wallMs = nowMs + (second < 600 ? 0 : 3_600_000);
    engine.arrived(SEVEN, stampOf(nowMs), nowMs);
  }
  t.match(told, [/raise clock-skew:7$/]);
});

t.test('rules invariant 3: silence holds, a part that is gone is over', async (t) => {
  const { engine, hold, told, nowMs } = watch(only('filesystem', { for_seconds: 0 }));
  hold('fs.ratio:/mnt', 0.95, 5);
  const silentUntil = nowMs() + 3_600_000;
  engine.tick(silentUntil);
  t.equal(told.length, 1, 'the whole node is silent');
  const other = watch(only('filesystem', { for_seconds: 0 }));
  other.hold('fs.ratio:/mnt', 0.95, 5);
  other.hold('fs.ratio:/', 0.5, 540);
  t.equal(other.told.length, 1);
  other.hold('fs.ratio:/', 0.5, 180);
  t.match(other.told[1], /gone filesystem:7:\/mnt$/);
});

t.test('what was raised before a restart is not raised again, and ends', async (t) => {
  const keys = ['filesystem:7:/', 'filesystem:7:/gone', 'gone-rule:7'];
  const { hold, told } = watch(only('filesystem', { for_seconds: 0, clear_for_seconds: 0 }), keys);
  t.strictSame(told, ['0 gone gone-rule:7'], 'a rule that is no more');
  hold('fs.ratio:/', 0.95, 60);
  t.equal(told.length, 1);
  hold('fs.ratio:/', 0.5, 1);
  t.match(told[1], /clear filesystem:7:\/$/);
  hold('fs.ratio:/', 0.5, 700);
  t.match(told[2], /gone filesystem:7:\/gone$/);
});

t.test('a rule concerns the nodes that it names', async (t) => {
  const told = (nodes: readonly string[]) => {
    const { hold, told } = watch(only('cpu', { for_seconds: 0, nodes }));
    hold('cpu.used', 1, 1);
    return told.length;
  };
  t.strictSame([['7'], ['8'], ['*'], ['tag:garage'], ['tag:attic'], []].map(told), [1, 0, 1, 1, 0, 1]);
});

t.test(`rules invariants 1 and 2: whatever the values (seed ${SEED})`, async (t) => {
  const steps = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1.2, noNaN: true }), fc.integer({ min: 1, max: 50 })),
    { maxLength: 100 },
  );
  await holds(
    t,
    fc.property(steps, fc.integer({ min: 0, max: 300 }), (values, forSeconds) => {
      const rules = only('filesystem', { for_seconds: forSeconds, clear_for_seconds: forSeconds });
      let nowMs = START_MS;
      const known: { readonly value: number; readonly fromMs: number; readonly toMs: number }[] = [];
      const changes: string[] = [];
      const engine = new RuleEngine({
        rules: Object.entries(rules).map(([name, rule]): NamedRule => ({ ...rule, name })),
        ...{ concerns: () => true, firing: [], nowMs, onGone: () => undefined },
        onChange({ kind, judged, value }) {
          changes.push(kind);
          const mean = forSeconds === 0 ? value : meanOf(known, nowMs - forSeconds * 1000);
          // The oldest of fifteen parts of the window counts by its share.
          if (Math.abs(judged - mean) > 1.2 / 15) throw new Error(`${judged} is not the mean, ${mean}`);
          if (kind === 'raise' ? judged < 0.9 : judged > 0.88) throw new Error(`${kind} at ${judged}`);
          if (nowMs - (known[0]?.toMs ?? nowMs) < forSeconds * 1000) throw new Error('too early');
        },
      });
      for (const [value, seconds] of values) {
        const fromMs = known.length === 0 ? nowMs + seconds * 1000 : nowMs;
        nowMs += seconds * 1000;
        known.push({ value, fromMs, toMs: nowMs });
        engine.take(SEVEN, 'fs.ratio:/', value, engine.arrived(SEVEN, stampOf(nowMs), nowMs));
      }
      changes.forEach((kind, index) => {
        if (kind !== (index % 2 === 0 ? 'raise' : 'clear'))
          throw new Error(`not alternating: ${changes.join()}`);
      });
    }),
    { seed: SEED, numRuns: 500 },
  );
});

/** The mean of what is known since a time, each value weighing as long as it stood. */
function meanOf(
  known: readonly { readonly value: number; readonly fromMs: number; readonly toMs: number }[],
  sinceMs: number,
): number {
  let [sum, covered] = [0, 0];
  for (const { value, fromMs, toMs } of known) {
    const insideMs = Math.max(0, toMs - Math.max(fromMs, sinceMs));
    sum += value * insideMs;
    covered += insideMs;
  }
  return sum / covered;
}

t.test('rules invariant 4: a node that makes up parts takes a bounded memory', async (t) => {
  const { engine } = watch(only('temperature', { for_seconds: 0 }));
  const moment = engine.arrived(SEVEN, stampOf(START_MS), START_MS);
  for (let part = 0; part < 20_000; part++) engine.take(SEVEN, `temp:${part}`, 99, moment);
  t.ok(engine.states().length <= 1000);
});
