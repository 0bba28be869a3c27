/**
 * What the rules cost: samples of many nodes, each parsed and held against all rules, as the history worker does it every second.
 *
 *     npm run bench:rules -- [NODES] [SECONDS]
 */

import { readValues } from '../receiver/history/read-values.ts';
import { RuleEngine } from '../receiver/rules/rule-engine.ts';
import type { NamedRule } from '../receiver/rules/rules.ts';
import { DEFAULT_RULES } from '../shared/config/default-rules.ts';
import { parseNodeName } from '../shared/names/node-name.ts';
import { simulateNode } from '../test/helpers/simulated-node.ts';

const nodes = Number(process.argv[2] ?? 5000);
const seconds = Number(process.argv[3] ?? 20);

/** The default rules, and more of them to make twenty. */
const rules: readonly NamedRule[] = [
  ...Object.entries(DEFAULT_RULES).map(([name, rule]) => ({ ...rule, name })),
  ...['filesystem', 'memory', 'temperature', 'cpu'].flatMap((name) => {
    const rule = DEFAULT_RULES[name];
    return rule === undefined ? [] : [{ ...rule, name: `${name}-2` }];
  }),
];

let changes = 0;
const startMs = Date.now();
const engine = new RuleEngine({
  rules,
  concerns: () => true,
  firing: [],
  nowMs: startMs,
  onChange: () => {
    changes += 1;
  },
  onGone: () => undefined,
});

// The lines are made before: only what the worker does is measured.
const names = Array.from({ length: nodes }, (_, index) => parseNodeName(`n${index}`));
const makers = names.map((_, index) => simulateNode(index));
let used = 0;
for (let second = 0; second < seconds; second++) {
  const nowMs = startMs + second * 1000;
  const lines = makers.map((next) => next(nowMs));
  const began = process.cpuUsage();
  names.forEach((node, index) => {
    const sample = JSON.parse(lines[index] ?? '{}') as Readonly<Record<string, unknown>>;
    const stamp = { boot: sample['boot'], up: Number(sample['up']), atMs: nowMs };
    const moment = engine.arrived(node, stamp, nowMs);
    readValues({ sample, past: [] }, (name, value) => engine.take(node, name, value, moment));
  });
  const { user, system } = process.cpuUsage(began);
  // The first seconds are those of the compiler.
  if (second >= 5) used += (user + system) / 1e6;
}
const share = (used / (seconds - 5)) * 100;
console.log(
  `${nodes} nodes, ${rules.length} rules: ${share.toFixed(1)} % of a core, parsing included; ${changes} changes, ${engine.states().length} conditions`,
);
