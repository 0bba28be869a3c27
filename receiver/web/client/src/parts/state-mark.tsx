import type { NodeState } from '../data/contract.ts';

/** What people call each state. */
export const STATE_WORDS: Readonly<Record<NodeState, string>> = {
  up: 'up',
  late: 'late',
  down: 'down',
  unknown: 'unknown',
  'planned-off': 'planned off',
  revoked: 'revoked',
};

/** Shapes differ as well as colours, so that nobody has to tell red from green. */
const SHAPES: Readonly<Record<NodeState, string>> = {
  up: 'M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9Z',
  late: 'M8 2.6L14 13H2Z',
  down: 'M3.5 3.5h9v9h-9Z',
  unknown: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3Zm0 2a3 3 0 1 0 0 6a3 3 0 0 0 0-6Z',
  'planned-off': 'M4.5 3.5h2.4v9H4.5ZM9.1 3.5h2.4v9H9.1Z',
  revoked: 'M3 7h10v2H3Z',
};

/** The sign of a state. Say the state in words beside it, or let `isNamed` say it to readers of the screen. */
export function StateMark({ state, isNamed = false }: { state: NodeState; isNamed?: boolean }) {
  return (
    <span class={`mark mark-${state}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[state]} />
      </svg>
      {isNamed && <span class="unseen">{STATE_WORDS[state]}</span>}
    </span>
  );
}
