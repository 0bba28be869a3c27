import t from 'tap';
import { isRecoveryDue } from '../../../../receiver/alerts/incidents/recovery-rule.ts';

const RULE = { settleMs: 2_000, digestMs: 15_000 };

t.test('isRecoveryDue() waits for the others of a thread, but not for ever', async (t) => {
  const cases: readonly (readonly [readonly (number | undefined)[], number, boolean])[] = [
    [[], 99_000, false],
    [[undefined, undefined], 99_000, false],
    [[1_000], 2_999, false],
    [[1_000], 3_000, true],
    [[1_000, 5_000], 6_999, false],
    [[1_000, 5_000], 7_000, true],
    [[1_000, undefined], 15_999, false],
    [[1_000, undefined], 16_000, true],
  ];
  for (const [backSince, nowMs, expected] of cases) {
    t.equal(isRecoveryDue(backSince, nowMs, RULE), expected, `${JSON.stringify(backSince)} at ${nowMs}`);
  }
});
