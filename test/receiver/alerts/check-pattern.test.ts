import t from 'tap';
import { checkPattern } from '../../../receiver/alerts/check-pattern.ts';
import { matchesPattern } from '../../../receiver/alerts/silences/matches-pattern.ts';

const SUBJECTS = {
  nodes: ['7', 'kitchen', 'lab-1', 'lab-2'],
  rules: ['cpu', 'filesystem', 'nas-memory'],
  alerts: [{ key: 'set aside 7', node: '7' }, { key: 'disk: a, b' }],
};

const check = (pattern: string) => checkPattern(pattern, SUBJECTS);

t.test('what has a name here can be silenced', async (t) => {
  for (const pattern of [
    '7',
    'node-kitchen',
    'lab-*',
    'cpu',
    'nas-*',
    'disconnect',
    'disconnect:7',
    'mirror',
  ])
    t.ok(check(pattern), pattern);
  t.ok(check('disk: a, b'), 'a key with a comma');
  t.ok(check('disconnect:7, disconnect:lab-1'), 'several');
});

t.test('what is yet to come can be silenced, and the receiver says that it is not here', async (t) => {
  t.notOk(check('attic-*'));
  t.notOk(check('filesystem:kitchen:/var'));
});

t.test('a name that nothing has is refused, with the one that was probably meant', async (t) => {
  const refusal = (pattern: string, message: RegExp, hint: RegExp) =>
    t.throws(() => check(pattern), { code: 'USAGE', message, hint });
  refusal('nosuch', /no node, rule or alert is called "nosuch"/, /lists? what there is/);
  refusal('kitchn', /"kitchn"/, /Did you mean kitchen\?/);
  refusal('7, kitchn', /"kitchn"/, /Did you mean kitchen\?/);
  refusal('filesytem', /"filesytem"/, /Did you mean filesystem\?/);
  refusal('nosuch:7', /"nosuch:7"/, /./);
});

t.test('a silence of several things holds for each of them', async (t) => {
  const pattern = 'disconnect:1, disconnect:2';
  const matches = (node: string) => matchesPattern(pattern, { key: `disconnect:${node}`, node });
  t.strictSame(['1', '2', '3'].map(matches), [true, true, false]);
});
