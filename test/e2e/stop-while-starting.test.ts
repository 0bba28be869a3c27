import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { guardTest } from '../helpers/guard.ts';
import { ownProgram, type ProgramName, preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';

guardTest();
t.setTimeout(600_000);

const PATIENT = { timeoutMs: 30_000 };

/** Starts a program and has it told to end at the moment that `isMoment` says; resolves with its exit code and signal. */
async function stopAt(program: ProgramName, configPath: string, isMoment: () => boolean | Promise<boolean>) {
  const args = [ownProgram(program), 'start', '--config', configPath];
  const child = spawn(process.execPath, args, {
    stdio: 'ignore',
    env: { ...process.env, NODE_OPTIONS: undefined },
  });
  const ended = once(child, 'exit');
  try {
    await until(isMoment, { ...PATIENT, what: `the moment to end the ${program}` });
    child.kill('SIGTERM');
    return await Promise.race([ended, delay(10_000, 'still there after 10 s', { ref: false })]);
  } finally {
    child.kill('SIGKILL');
  }
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

t.test('SIGTERM while a program is starting ends it in good order', async (t) => {
  const place = await preparePlace(t.testdir());
  const receiver = await place.start('receiver');
  const sender = await place.start('sender');
  await sender.end();
  await receiver.end();
  for (const [program, moment, isMoment] of [
    ['receiver', 'its directory is locked', () => existsSync(join(place.directory, 'receiver/lock.json'))],
    ['receiver', 'its port is open', () => isOpen(place.port)],
    ['sender', 'its directory is locked', () => existsSync(join(place.directory, 'sender/lock.json'))],
  ] as const) {
    rmSync(join(place.directory, program, 'lock.json'), { force: true });
    t.strictSame(await stopAt(program, place.configPath, isMoment), [0, null], `${program}: ${moment}`);
  }
  const again = await place.start('receiver');
  await again.end();
  t.equal(again.child.exitCode, 0, 'and leaves nothing that keeps it from starting');
});
