import { suggestKey } from '../../shared/config/suggest-key.ts';
import { UserError } from '../../shared/errors/errors.ts';
import { matchesPattern, partsOf, ruleOf, type Silenceable } from './silences/matches-pattern.ts';

/** Things that alerts are about besides the rules of config.json: first words of their keys. */
const SUBJECTS = [
  ...['auth', 'disconnect', 'fetched', 'gap', 'hung', 'limit', 'lost', 'mirror', 'seal', 'set', 'storage'],
  ...['stuck', 'volume'],
];

/** What a silence may be about. */
export interface SilenceSubjects {
  readonly nodes: readonly string[];
  /** Names of rules. */
  readonly rules: readonly string[];
  /** Alerts that are there or were. */
  readonly alerts: readonly Silenceable[];
}

/**
 * Refuses a pattern that cannot mean anything, since nothing has such a name. One with `*` or `?`
 * may be about what is yet to come; then this only tells that it matches nothing at present.
 *
 * @returns whether it matches a node, a rule or an alert
 * @throws UserError `USAGE` when a name in it is not known
 */
export function checkPattern(pattern: string, subjects: SilenceSubjects): boolean {
  const known: readonly Silenceable[] = [
    ...subjects.alerts,
    ...subjects.nodes.map((node) => ({ key: `disconnect:${node}`, node })),
    ...[...subjects.rules, ...SUBJECTS].map((key) => ({ key })),
  ];
  if (known.some(({ key }) => key === pattern)) return true;
  const parts = partsOf(pattern);
  const strange = parts.find((part) => !/[*?]/.test(part) && !isKnown(part, known));
  if (strange !== undefined) throw unknownSubject(strange, subjects);
  return parts.length > 0 && parts.every((part) => known.some((what) => matchesPattern(part, what)));
}

/** By its name, or as the key of an alert that may come: `filesystem:kitchen:/var`. */
function isKnown(part: string, known: readonly Silenceable[]): boolean {
  if (known.some((what) => matchesPattern(part, what))) return true;
  return ruleOf(part) !== part && known.some(({ key }) => ruleOf(key) === ruleOf(part));
}

function unknownSubject(part: string, { nodes, rules }: SilenceSubjects): UserError {
  const near = suggestKey(part, [...nodes, ...rules, ...SUBJECTS]);
  const list = 'fleetkeep-receiver nodes and fleetkeep-receiver alerts list what there is.';
  return new UserError('USAGE', `no node, rule or alert is called ${JSON.stringify(part)}`, {
    hint:
      near === undefined
        ? `${list} A pattern such as "lab-*" may be about nodes that are yet to come.`
        : `Did you mean ${near}? ${list}`,
  });
}
