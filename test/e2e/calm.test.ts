import t from 'tap';
import { preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';

const PATIENT = { timeoutMs: 40_000 };

t.setTimeout(600_000);

t.test('silence, planned-off and alerts, on a receiver that runs', async (t) => {
  const place = await preparePlace(t.testdir(), { alerts: { disconnect_grace_seconds: 0.2 } });
  const receiver = await place.start('receiver');
  t.teardown(async () => await receiver.end());
  const json = async <T>(...args: readonly string[]): Promise<T> => {
    const { stdout, stderr, code } = await place.run('receiver', ...args, '--json');
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as T;
  };
  const stateOf = async () => (await json<{ node: string; state: string }[]>('nodes'))[0]?.state;
  const becomes = async (state: string) =>
    await until(async () => (await stateOf()) === state, { ...PATIENT, what: `a node that is ${state}` });

  let sender = await place.start('sender');
  await becomes('up');
  const silenced = await place.run(
    'receiver',
    'silence',
    '7',
    '--for',
    '2h',
    '--why',
    'moving',
    '--by',
    'ann',
  );
  t.match(silenced.stdout, /^silence 1: nobody is told about 7 until 20\d\d-/);
  t.match(await json('silence', 'list'), [{ id: 1, pattern: '7', why: 'moving', by: 'ann' }]);
  t.equal((await place.run('receiver', 'silence', '7')).code, 2, 'for how long?');

  await sender.end('SIGKILL');
  const [alert] = await until(
    async () => {
      const alerts = await json<{ id: number; silence: number | null }[]>('alerts');
      return alerts[0]?.silence === 1 && alerts;
    },
    { ...PATIENT, what: 'the alert' },
  );
  t.match(alert, { key: 'disconnect:7', state: 'firing', told: null });
  t.match(
    (await place.run('receiver', 'alerts', 'ack', '1', '--by', 'ann', '--note', 'on my way')).stdout,
    'alert 1',
  );
  t.match(
    (await place.run('receiver', 'alerts')).stdout,
    /firing +critical .*silence 1, acknowledged by ann, on my way/,
  );
  t.match((await place.run('receiver', 'alerts', 'ack', '9')).stderr, 'there is no alert 9');
  t.same(place.mails(), []);
  t.equal((await place.run('receiver', 'silence', 'end', '1')).code, 0);
  await until(() => place.mails().length === 1, {
    ...PATIENT,
    what: 'the mail, now that the silence is over',
  });

  t.match(
    (await place.run('receiver', 'planned-off', 'node-*', '--until', '8h')).stdout,
    /^node 7 is planned off/,
  );
  t.equal(await stateOf(), 'planned_off');
  sender = await place.start('sender');
  await becomes('up');
  t.match((await place.run('receiver', 'planned-off', '7', '--why', 'new disk')).stdout, 'until it is back');
  t.match(await json('nodes'), [{ note: 'will be off: new disk' }]);
  await sender.end();
  await becomes('planned_off');
  await receiver.end();

  t.match(
    (await place.run('receiver', 'alerts', '--all')).stdout,
    /over +critical/,
    'with no receiver running',
  );
  t.equal((await place.run('receiver', 'alerts')).stdout, 'nothing is wrong\n');
  t.match((await place.run('receiver', 'planned-off', '7')).stderr, 'no fleetkeep-receiver runs');
});
