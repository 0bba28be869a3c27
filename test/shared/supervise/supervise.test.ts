import { pino } from 'pino';
import t from 'tap';
import { notifySystemd } from '../../../shared/supervise/notify-systemd.ts';
import { startSupervision } from '../../../shared/supervise/supervise.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';
import { lacksNotify, listenForNotifications } from '../../helpers/notify-socket.ts';
import { until } from '../../helpers/until.ts';

const MANAGER = { watchdogMs: 300_000 };

/** A supervision whose words are noted; it has failed for as long as `why` says so. */
function supervised({ manager = MANAGER, why }: { manager?: typeof MANAGER | undefined; why?: string } = {}) {
  const said: string[] = [];
  const logged: string[] = [];
  const clock = fakeClock();
  const stop = new AbortController();
  const answer = { why, isWell: true };
  const log = pino({ base: null }, { write: (line: string) => void logged.push(JSON.parse(line).msg) });
  const supervision = startSupervision({
    ...{ manager, log, clock, signal: stop.signal, isWell: () => answer.isWell },
    async notify(states) {
      said.push(states.join(' '));
      return answer.why;
    },
  });
  return { supervision, said, logged, clock, stop, answer };
}

await t.test('it says that the program works, that it is alive, and that it ends', async (t) => {
  const { supervision, said, logged, clock, stop } = supervised();
  await clock.advance(1_000_000);
  t.same(said, [], 'nothing before the program works');
  supervision.ready();
  supervision.ready();
  await clock.advance(149_000);
  t.same(said, ['READY=1'], 'once');
  await clock.advance(301_000);
  t.same(said.splice(0), ['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1'], 'at half the time allowed');
  stop.abort();
  await clock.advance(1_000_000);
  t.same(said, ['STOPPING=1'], 'a program that ends need not be alive');
  await supervision[Symbol.asyncDispose]();
  t.equal(clock.sleeping(), 0);
  t.same(logged, []);
});

await t.test('supervise invariant 3: a program that knows that it does not work says nothing', async (t) => {
  const { supervision, said, clock, answer } = supervised();
  supervision.ready();
  await clock.advance(1000);
  said.length = 0;
  answer.isWell = false;
  await clock.advance(1_000_000);
  t.same(said, []);
  answer.isWell = true;
  await clock.advance(150_000);
  t.same(said, ['WATCHDOG=1']);
  await supervision[Symbol.asyncDispose]();
});

await t.test('supervise invariant 1: without a service manager nothing is said', async (t) => {
  const said: string[] = [];
  const clock = fakeClock();
  const stop = new AbortController();
  await using supervision = startSupervision({
    ...{ manager: undefined, log: pino({ level: 'silent' }), clock, signal: stop.signal },
    notify: async (states) => void said.push(...states),
  });
  supervision.ready();
  t.equal(clock.sleeping(), 0);
  stop.abort();
  t.same(said, []);
});

await t.test('a service manager without a watchdog hears nothing in between', async (t) => {
  const said: string[] = [];
  const clock = fakeClock();
  const stop = new AbortController();
  await using supervision = startSupervision({
    ...{ manager: { watchdogMs: undefined }, log: pino({ level: 'silent' }), clock, signal: stop.signal },
    notify: async (states) => void said.push(...states),
  });
  supervision.ready();
  t.equal(clock.sleeping(), 0);
  stop.abort();
  t.same(said, ['READY=1', 'STOPPING=1']);
});

await t.test('what was not heard is said again, and is logged when it begins and when it ends', async (t) => {
  const { supervision, said, logged, clock, answer } = supervised({ why: 'Connection refused' });
  supervision.ready();
  await clock.advance(300_000);
  answer.why = undefined;
  await clock.advance(300_000);
  t.same(said, ['READY=1', 'READY=1 WATCHDOG=1', 'READY=1 WATCHDOG=1', 'READY=1 WATCHDOG=1', 'WATCHDOG=1']);
  t.same(logged, ['systemd cannot be told how it goes', 'systemd can be told again how it goes']);
  await supervision[Symbol.asyncDispose]();
});

await t.test(
  'supervise invariants 2, 4: telling that hangs holds up nothing and is not repeated',
  async (t) => {
    const said: string[] = [];
    const clock = fakeClock();
    const stop = new AbortController();
    const supervision = startSupervision({
      ...{ manager: MANAGER, log: pino({ level: 'silent' }), clock, signal: stop.signal },
      notify(states) {
        said.push(states.join(' '));
        return new Promise(() => undefined);
      },
    });
    supervision.ready();
    await clock.advance(1_000_000);
    stop.abort();
    t.same(said, ['READY=1', 'STOPPING=1']);
    await supervision[Symbol.asyncDispose]();
    t.equal(clock.sleeping(), 0);
  },
);

await t.test('notifySystemd() reaches a real socket', { skip: lacksNotify() }, async (t) => {
  await using socket = await listenForNotifications();
  process.env['NOTIFY_SOCKET'] = socket.path;
  t.teardown(() => delete process.env['NOTIFY_SOCKET']);
  t.equal(await notifySystemd(['READY=1']), undefined);
  t.equal(await notifySystemd(['READY=1', 'WATCHDOG=1']), undefined);
  const isHeard = () => socket.states.filter((state) => state === 'WATCHDOG=1').length === 1;
  await until(isHeard, { timeoutMs: 5000, what: () => `WATCHDOG=1; came ${socket.states.join(' ')}` });
  t.same(socket.states, ['READY=1', 'READY=1', 'WATCHDOG=1']);
});

await t.test(
  'supervise invariant 2: notifySystemd() says why it failed',
  { skip: lacksNotify() },
  async (t) => {
    process.env['NOTIFY_SOCKET'] = '/nowhere/notify';
    t.teardown(() => delete process.env['NOTIFY_SOCKET']);
    t.match(await notifySystemd(['READY=1']), /No such file/);

    const { PATH: path } = process.env;
    t.teardown(() => Object.assign(process.env, { PATH: path }));
    process.env['PATH'] = '/nowhere';
    t.equal(await notifySystemd(['READY=1']), 'there is no command systemd-notify');
  },
);
