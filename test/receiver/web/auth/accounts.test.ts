import t, { type Test } from 'tap';
import { openStateStore } from '../../../../receiver/fleet/state-store.ts';
import { accountStore } from '../../../../receiver/web/auth/account-store.ts';
import { Accounts } from '../../../../receiver/web/auth/accounts.ts';
import { fakeClock } from '../../../helpers/fake-clock.ts';

const PASSWORD = 'four words are long enough';
const DAY_MS = 86_400_000;

function prepare(t: Test) {
  const store = openStateStore(t.testdir());
  t.teardown(() => store[Symbol.dispose]());
  const clock = fakeClock();
  const count = store.database.prepare('SELECT count(*) AS n FROM sessions');
  const sessions = () => Number(count.get()?.['n']);
  return { clock, accounts: new Accounts(accountStore(store), clock), sessions };
}

t.test('accounts invariant 2: the link is good once, and a newer one replaces it', async (t) => {
  const { accounts } = prepare(t);
  const old = accounts.setupToken ?? '';
  const token = accounts.inviteUser('admin');
  await t.rejects(accounts.setUp(old, PASSWORD), { code: 'USAGE' });
  t.equal(await accounts.setUp(token, PASSWORD), 'admin');
  await t.rejects(accounts.setUp(token, PASSWORD), { code: 'USAGE' });
  t.strictSame([accounts.isSetupNeeded, await accounts.check('admin', PASSWORD)], [false, true]);
  t.notOk(await accounts.check('nobody', PASSWORD));
});

t.test(
  'accounts invariant 3: a session ends after a week unused, after 90 days, with the password',
  async (t) => {
    const { accounts, clock } = prepare(t);
    await accounts.saveUser('admin', 'admin', PASSWORD);
    const idle = accounts.beginSession('admin');
    const used = accounts.beginSession('admin');
    for (let day = 0; day < 8; day += 1) {
      t.ok(accounts.bySession(used));
      await clock.advance(DAY_MS);
    }
    t.equal(accounts.bySession(idle), undefined, 'unused');
    for (let day = 8; day < 90; day += 1) {
      accounts.bySession(used);
      await clock.advance(DAY_MS);
    }
    t.ok(accounts.bySession(used), 'used every day');
    await clock.advance(1);
    t.equal(accounts.bySession(used), undefined, 'after 90 days');
    const another = accounts.beginSession('admin');
    await accounts.saveUser('admin', 'admin', `${PASSWORD} again`);
    t.equal(accounts.bySession(another), undefined, 'the password was changed');
  },
);

t.test('sessions that are over do not pile up in a receiver that runs for years', async (t) => {
  const { accounts, clock, sessions } = prepare(t);
  await accounts.saveUser('admin', 'admin', PASSWORD);
  for (let week = 0; week < 20; week += 1) {
    accounts.beginSession('admin');
    await clock.advance(8 * DAY_MS);
  }
  t.equal(sessions(), 1);
});

t.test('the only administrator stays one, whoever asks', async (t) => {
  const { accounts } = prepare(t);
  await accounts.saveUser('admin', 'admin', PASSWORD);
  await t.rejects(accounts.saveUser('admin', 'viewer', PASSWORD), { code: 'USAGE' });
  t.throws(() => accounts.removeUser('admin'), { code: 'USAGE' });
  await accounts.saveUser('eve', 'admin', PASSWORD);
  await accounts.saveUser('admin', 'viewer', PASSWORD);
  t.strictSame(accounts.users(), [
    { name: 'admin', role: 'viewer' },
    { name: 'eve', role: 'admin' },
  ]);
});

t.test('the sessions of a user who is removed are over', async (t) => {
  const { accounts } = prepare(t);
  await accounts.saveUser('admin', 'admin', PASSWORD);
  await accounts.saveUser('eve', 'viewer', PASSWORD);
  const session = accounts.beginSession('eve');
  t.match(accounts.bySession(session), { name: 'eve', role: 'viewer' });
  accounts.removeUser('eve');
  t.equal(accounts.bySession(session), undefined);
});

t.test('a token is known until it is removed', async (t) => {
  const { accounts, clock } = prepare(t);
  const { id, token } = accounts.addToken('prometheus', 'viewer');
  t.match(accounts.byToken(token), { kind: 'token', name: 'prometheus', role: 'viewer', csrf: undefined });
  t.match(accounts.tokens(), [{ id, usedMs: clock.now() }]);
  accounts.removeToken(id);
  t.equal(accounts.byToken(token), undefined);
});

t.test('a session that began while the clock was a year ahead is over when it is right again', async (t) => {
  const { accounts, clock } = prepare(t);
  await accounts.saveUser('admin', 'admin', PASSWORD);
  clock.set(clock.now() + 365 * DAY_MS);
  const ahead = accounts.beginSession('admin');
  clock.set(clock.now() - 365 * DAY_MS);
  t.equal(accounts.bySession(ahead), undefined);
  await clock.advance(1000);
  const today = accounts.beginSession('admin');
  clock.set(clock.now() - DAY_MS);
  t.ok(accounts.bySession(today), 'a day back is no reason to have everybody sign in');
  await clock.advance(7 * DAY_MS);
  clock.set(clock.now() + DAY_MS);
  t.equal(accounts.bySession(today), undefined);
});
