import { readFileSync } from 'node:fs';
import t from 'tap';
import { lacksNotify, listenForNotifications, type NotifySocket } from '../../helpers/notify-socket.ts';
import { type Place, type ProgramName, preparePlace, type Running } from '../../helpers/programs.ts';
import { until } from '../../helpers/until.ts';

/** How long the service manager waits for a word, µs. */
const WATCHDOG_USEC = '200000';

/** Starts a program as systemd would. */
async function startWatched(place: Place, program: ProgramName, socket: NotifySocket): Promise<Running> {
  process.env['NOTIFY_SOCKET'] = socket.path;
  process.env['WATCHDOG_USEC'] = WATCHDOG_USEC;
  try {
    return await place.start(program);
  } finally {
    delete process.env['NOTIFY_SOCKET'];
    delete process.env['WATCHDOG_USEC'];
  }
}

/** How often it has said that it is alive. */
function signsOfLife({ states }: NotifySocket): number {
  return states.filter((state) => state === 'WATCHDOG=1').length;
}

/** Waits until it has said so a few times more. */
async function awaitSignsOfLife(socket: NotifySocket, more: number): Promise<void> {
  const wanted = signsOfLife(socket) + more;
  const what = () => `${wanted} signs of life; came ${socket.states.join(' ')}`;
  await until(() => signsOfLife(socket) >= wanted, { timeoutMs: 20_000, what });
}

/** Waits until the kernel says that a process is in a state, such as T for stopped. */
async function awaitProcessState({ child }: Running, state: string): Promise<void> {
  const read = () =>
    readFileSync(`/proc/${child.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .startsWith(state);
  await until(read, { timeoutMs: 5000, what: `process state ${state}` });
}

await t.test('the real programs tell the service manager how it goes', { skip: lacksNotify() }, async (t) => {
  await using toldByReceiver = await listenForNotifications();
  await using toldBySender = await listenForNotifications();
  const place = await preparePlace(t.testdir());
  await using receiver = await startWatched(place, 'receiver', toldByReceiver);
  await using sender = await startWatched(place, 'sender', toldBySender);
  await awaitSignsOfLife(toldByReceiver, 2);
  await awaitSignsOfLife(toldBySender, 2);
  for (const { states } of [toldByReceiver, toldBySender]) {
    t.equal(states[0], 'READY=1');
    t.same([...new Set(states.slice(1))], ['WATCHDOG=1']);
  }

  await t.test(
    'supervise invariant 3: one that is frozen says nothing, and is alive again after',
    async (t) => {
      sender.child.kill('SIGSTOP');
      await awaitProcessState(sender, 'T');
      // The word that was under way may still come.
      await awaitSignsOfLife(toldByReceiver, 2);
      const before = signsOfLife(toldBySender);
      await awaitSignsOfLife(toldByReceiver, 5);
      t.equal(signsOfLife(toldBySender), before);
      sender.child.kill('SIGCONT');
      await awaitSignsOfLife(toldBySender, 1);
    },
  );

  await t.test('one that is asked to end says so', async (t) => {
    for (const [program, socket] of [
      [sender, toldBySender],
      [receiver, toldByReceiver],
    ] as const) {
      await program.end();
      t.equal(program.child.exitCode, 0);
      await until(() => socket.states.includes('STOPPING=1'), { timeoutMs: 5000, what: 'STOPPING=1' });
    }
  });
});
