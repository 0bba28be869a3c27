import { join } from 'node:path';
import t from 'tap';
import { preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { askUntil, setUpWeb } from '../helpers/web-client.ts';

t.setTimeout(600_000);

const PATIENT = { timeoutMs: 30_000 };
const QUICK = { for_seconds: 0, clear_for_seconds: 0 };

t.test(
  'a rule of one’s own raises an alert about a real machine, and it ends when the rule is satisfied',
  async (t) => {
    const rules = (raise: number) => ({
      alerts: {
        rules: { 'much-memory': { kind: 'memory', raise, clear: raise, severity: 'critical', ...QUICK } },
      },
    });
    const place = await preparePlace(t.testdir(), rules(0.0001));
    const receiver = await place.start('receiver');
    await using _sender = await place.start('sender');
    const mail = await until(() => place.mails().find((text) => text.includes('of the memory is used')), {
      ...PATIENT,
      what: () => `the mail; ${receiver.stderr()}`,
    });
    t.match(mail, /^Subject: .*node 7: \d+ % of the memory is used/m);
    const admin = await setUpWeb(place);
    const { states } = await askUntil<{ states: { rule: string; state: string; value: number }[] }>(
      admin,
      '/api/rules',
      ({ states }) => states.some(({ state }) => state === 'firing'),
    );
    t.ok(
      states.some(({ rule, state }) => rule === 'memory' && state === 'ok'),
      'the default rules hold, too',
    );
    const listed = await place.run('receiver', 'alerts');
    t.match(listed.stdout, /node 7: \d+ % of the memory is used/);

    // The machine is the same; what counts as much is not. The alert of before is known again, and ends.
    await receiver.end();
    place.configure(rules(1));
    await using _again = await place.start('receiver');
    await until(async () => (await place.run('receiver', 'alerts')).stdout === 'nothing is wrong\n', {
      ...PATIENT,
      what: 'the end of the alert',
    });
  },
);

t.test('the disk of the receiver is watched, and a rule may be turned off', async (t) => {
  const full = { raise: 0.000001, clear: 0, ...QUICK };
  const root = t.testdir();
  const place = await preparePlace(join(root, 'full'), { alerts: { rules: { 'receiver-disk': full } } });
  const receiver = await place.start('receiver');
  await until(() => place.mails().some((text) => /disk of the logs is \d+/.test(text)), {
    ...PATIENT,
    what: 'the mail',
  });
  await receiver.end();
  const wrong = await preparePlace(join(root, 'wrong'), {
    alerts: { rules: { cpu: { raise: 0.5 }, mine: { raise: 1 } } },
  });
  t.match(await wrong.run('receiver', 'start'), {
    code: 2,
    stderr:
      /alerts\.rules\.mine is no default rule[\s\S]*alerts\.rules\.cpu\.clear is 0\.85, but must be at most alerts\.rules\.cpu\.raise, which is 0\.5/,
  });
});
