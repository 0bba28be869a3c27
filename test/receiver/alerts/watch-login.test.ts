import t from 'tap';
import { watchLogin } from '../../../receiver/alerts/watch-login.ts';
import { checkMailServer } from '../../../receiver/doctor/check-mail-server.ts';
import { mailOptionsOf } from '../../../receiver/settings.ts';
import { loadConfig } from '../../../shared/config/load.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { startSmtpServer } from '../../helpers/smtp.ts';
import { until } from '../../helpers/until.ts';

t.test('a wrong password shows before there is a mail to send, and a right one is no trouble', async (t) => {
  await using server = await startSmtpServer({ user: 'fleet', password: 'right horse' });
  const smtpOf = (password: string) =>
    ({ host: '127.0.0.1', port: server.port, tls: 'none', user: 'fleet', password }) as const;

  for (const [password, level, text] of [
    ['wrong', 'problem', /did not accept.*of fleet/],
    ['right horse', 'fine', /answers/],
  ] as const) {
    const overrides = { mail: { smtp: smtpOf(password) }, to_addr: 'ann@example.org' };
    const { config } = await loadConfig({ cwd: t.testdir(), overrides });
    t.match(await checkMailServer(await mailOptionsOf(config)), { level, text }, `the doctor, ${password}`);
  }

  const mail = { from: 'fleet@example.org', to: ['ann@example.org'] };
  const clock = fakeClock();
  using wrong = watchLogin({ ...mail, smtp: smtpOf('wrong') }, clock);
  await until(() => wrong.complaint() !== undefined, { timeoutMs: 10_000, what: 'the complaint' });
  t.match(wrong.complaint(), /did not accept.*of fleet/);
  const before = server.conversations;
  using right = watchLogin({ ...mail, smtp: smtpOf('right horse') }, clock);
  await until(() => server.conversations > before, { timeoutMs: 10_000, what: 'the login' });
  t.equal(right.complaint(), undefined);
  t.same(server.mails, [], 'nothing was sent');
});
