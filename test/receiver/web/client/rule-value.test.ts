import t from 'tap';
import { formatRuleValue } from '../../../../receiver/web/client/src/pages/alerts/rule-value.ts';
import { RULE_KINDS } from '../../../../shared/config/default-rules.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

t.test('a threshold is told in the unit of its kind', async (t) => {
  t.equal(plain(formatRuleValue('filesystem', 0.9)), '90 %');
  t.equal(plain(formatRuleValue('filesystem_hours_left', 36)), '1 d 12 h');
  t.equal(plain(formatRuleValue('temperature', 85)), '85 °C');
  t.equal(plain(formatRuleValue('load', 4)), '4 per processor');
  t.equal(formatRuleValue('reboot', 1), '–');
  t.equal(formatRuleValue('cpu', null), '–');
  t.equal(formatRuleValue('other', 'never'), 'never');
});

t.test('every kind of rule that the receiver has is told with a unit', async (t) => {
  for (const kind of RULE_KINDS) t.not(formatRuleValue(kind, 0.5), '0.50', kind);
});
