import t from 'tap';
import { serviceManagerOf } from '../../../shared/supervise/service-manager.ts';

const SOCKET = { NOTIFY_SOCKET: '/run/systemd/notify' };

await t.test('serviceManagerOf() finds one only where it listens', async (t) => {
  t.equal(serviceManagerOf({}, 7), undefined);
  t.equal(serviceManagerOf({ NOTIFY_SOCKET: '', WATCHDOG_USEC: '1000' }, 7), undefined);
  t.same(serviceManagerOf(SOCKET, 7), { watchdogMs: undefined });
});

await t.test(
  'serviceManagerOf() knows how long the watchdog waits, if it watches this process',
  async (t) => {
    const usec = { ...SOCKET, WATCHDOG_USEC: '300000000' };
    t.same(serviceManagerOf(usec, 7), { watchdogMs: 300_000 });
    t.same(serviceManagerOf({ ...usec, WATCHDOG_PID: '7' }, 7), { watchdogMs: 300_000 });
    t.same(serviceManagerOf({ ...usec, WATCHDOG_PID: '8' }, 7), { watchdogMs: undefined });
    for (const odd of ['', '0', '-1', 'soon']) {
      t.same(serviceManagerOf({ ...SOCKET, WATCHDOG_USEC: odd }, 7), { watchdogMs: undefined }, odd);
    }
  },
);
