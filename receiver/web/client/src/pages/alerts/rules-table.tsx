import { getJson } from '../../data/api.ts';
import type { Rule, RuleState, RulesAnswer } from '../../data/contract.ts';
import { everyTenSeconds } from '../../data/now.ts';
import { useResource } from '../../data/use-resource.ts';
import { formatRoute } from '../../route.ts';
import { formatDuration } from '../../text/format-value.ts';
import { formatRuleValue } from './rule-value.ts';
import { SeverityMark } from './severity-mark.tsx';

const MOST_STATES = 100;
const ORDER = { firing: 0, pending: 1, ok: 2 } as const;

/** The rules that raise alerts, and what they say at present. */
export function RulesTable() {
  const { value, error } = useResource<RulesAnswer>((signal) => getJson('/rules', signal), 'rules', [
    everyTenSeconds.value,
  ]);
  if (error && value === undefined) return <p class="problem">{error.message}</p>;
  if (value === undefined) return null;
  if (value.rules.length === 0) return <p class="nothing">There are no rules.</p>;
  return (
    <div class="stack">
      <RuleList rules={value.rules} states={value.states} />
      <StateList states={value.states} kinds={new Map(value.rules.map(({ name, kind }) => [name, kind]))} />
    </div>
  );
}

function RuleList({ rules, states }: { rules: readonly Rule[]; states: readonly RuleState[] }) {
  const count = (rule: string, state: RuleState['state']) =>
    states.filter((entry) => entry.rule === rule && entry.state === state).length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="card table-scroll" tabIndex={0} aria-label="Rules">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Severity</th>
            <th scope="col">Raised at</th>
            <th scope="col">Cleared at</th>
            <th scope="col">For at least</th>
            <th scope="col">Firing</th>
            <th scope="col">Pending</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.name} class={rule.enabled ? '' : 'muted'}>
              <th scope="row">
                {rule.name} <span class="muted">{rule.enabled ? wordsOf(rule) : 'switched off'}</span>
              </th>
              <td>
                <SeverityMark severity={rule.severity} />
              </td>
              <td>{formatRuleValue(rule.kind, rule.raise)}</td>
              <td>{formatRuleValue(rule.kind, rule.clear)}</td>
              <td>{rule.forSeconds ? formatDuration(rule.forSeconds * 1000) : 'at once'}</td>
              <td>{count(rule.name, 'firing')}</td>
              <td>{count(rule.name, 'pending')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface StateListProps {
  readonly states: readonly RuleState[];
  /** Kind of each rule by its name. */
  readonly kinds: ReadonlyMap<string, string>;
}

/** Present values, those that say something first. */
function StateList({ states, kinds }: StateListProps) {
  const sorted = [...states].sort((a, b) => ORDER[a.state] - ORDER[b.state]).slice(0, MOST_STATES);
  if (sorted.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="card table-scroll" tabIndex={0} aria-label="Present values">
      <h2>Present values</h2>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Rule</th>
            <th scope="col">Node</th>
            <th scope="col">Of</th>
            <th scope="col" class="number">
              Value
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ rule, node, object, state, value }) => (
            <tr key={`${rule} ${node} ${object}`}>
              <td class={`rule-${state}`}>{state}</td>
              <td>{rule}</td>
              <td>
                <a href={formatRoute('node', node)}>{node}</a>
              </td>
              <td>{object}</td>
              <td class="number">{formatRuleValue(kinds.get(rule) ?? '', value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {states.length > sorted.length && <p class="footnote">And {states.length - sorted.length} more.</p>}
    </section>
  );
}

/** What the rule looks at, where its name does not say that already. */
function wordsOf({ name, kind }: Rule): string {
  const words = kind.replaceAll('_', ' ');
  return words === name.replaceAll('-', ' ') ? '' : words;
}
