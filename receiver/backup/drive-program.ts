/**
 * A program, not a module: carries out one order on the second drive, in a process of its own, and ends. Started by `drive-process.ts`,
 * see there for why. It may be killed at any moment (mirror invariant 6), and kills itself when the receiver is gone: with a call out
 * that does not come back, no process ends in good order.
 */

import { dirname } from 'node:path';
import { acquireLock } from '../../shared/control/lock-store.ts';
import { describeError, errnoOf } from '../../shared/errors/errors.ts';
import { toUserError } from '../../shared/errors/system-error.ts';
import type { Position } from '../../shared/log/position.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import { systemClock } from '../../shared/time/clock.ts';
import type { NodeDigest } from './compare-node.ts';
import type {
  DriveFailure,
  DriveKind,
  DriveOrder,
  DriveProgress,
  FromDrive,
  ToDrive,
} from './drive-messages.ts';
import { readIdentityCopy, writeIdentityCopy } from './identity-copy.ts';
import { createIoMovement } from './io-movement.ts';
import { lockName } from './lock-name.ts';
import { lockedProblem } from './mirror-problem.ts';
import type { MirrorRun } from './run-mirror.ts';

/** How often it is looked whether something moves, ms. */
const LOOK_MS = 250;

/** How long the process before this one may take to let go of the mirror, ms: it ends as soon as it sees that its receiver is gone. */
const LOCK_MS = 3_000;

const stop = new AbortController();
const questions = new Map<number, (digest: NodeDigest | undefined) => void>();
let progress: DriveProgress[DriveKind] | undefined;
const movement = createIoMovement();
let isTelling = false;

async function carryOut(order: DriveOrder): Promise<void> {
  // What ps shows: whoever looks for what hangs shall find it.
  process.title = `fleetkeep-receiver: ${order.kind}`;
  const looking = setInterval(look, LOOK_MS);
  try {
    await send({ kind: 'done', answer: await answerTo(order) });
  } catch (error) {
    await send({ kind: 'failed', failure: failureOf(error) });
  } finally {
    clearInterval(looking);
    process.off('disconnect', die);
    if (process.connected) process.disconnect();
  }
}

/** What an order does not need is not loaded for it. */
async function answerTo(order: DriveOrder) {
  const { signal } = stop;
  switch (order.kind) {
    case 'mirror':
      return await mirror(order);
    case 'verify': {
      const { verifyCopies } = await import('./verify-copies.ts');
      return await verifyCopies({ ...order.options, nodeDigest: ask, onProgress, signal });
    }
    case 'keep-identity':
      return await keepIdentity(order);
    case 'read-identity':
      return await readIdentityCopy(order.directory);
    default:
      return order satisfies never;
  }
}

/** From inside the directory: of a drive that is mounted over it meanwhile nobody knows whether it is the mirror. */
async function keepIdentity(order: DriveOrder & { kind: 'keep-identity' }): Promise<boolean> {
  try {
    process.chdir(order.directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
  return await writeIdentityCopy('.', order.recordPath, order.content);
}

/** Under a lock that the kernel keeps for as long as this process is there, even if nothing can end it. */
async function mirror({ options }: DriveOrder & { kind: 'mirror' }): Promise<MirrorRun> {
  using lock = await takeLock(dirname(options.recordPath), lockName(options.directory));
  if (lock === undefined) return { kind: 'refused', problem: lockedProblem(options.directory), wanted: [] };
  const { runMirror } = await import('./run-mirror.ts');
  return await runMirror({ ...options, clock: systemClock, onProgress, signal: stop.signal });
}

async function takeLock(directory: string, name: string): Promise<Disposable | undefined> {
  for (let leftMs = LOCK_MS; ; leftMs -= LOOK_MS) {
    const lock = acquireLock(directory, name);
    if (lock !== undefined || leftMs <= 0) return lock;
    await systemClock.sleep(LOOK_MS, stop.signal);
  }
}

/** The first one is told at once, so that who has asked for the work sees that it has begun. */
function onProgress(present: DriveProgress[DriveKind]): void {
  const isFirst = progress === undefined;
  progress = present;
  if (isFirst) tell();
}

/** While the thread itself waits for the drive, this is not called at all; while another one does, no calls come back, and are counted. */
function look(): void {
  if (movement.hasMoved(performance.nodeTiming.uvMetricsInfo.events)) tell();
}

function tell(): void {
  if (isTelling) return;
  isTelling = true;
  void send({ kind: 'moved', progress }).finally(() => {
    isTelling = false;
  });
}

async function ask(node: NodeName, upTo: Position): Promise<NodeDigest | undefined> {
  const id = questions.size;
  const { promise, resolve } = Promise.withResolvers<NodeDigest | undefined>();
  questions.set(id, resolve);
  await send({ kind: 'ask', id, node, upTo });
  return await promise;
}

function failureOf(error: unknown): DriveFailure {
  const known = toUserError(error);
  return { message: describeError(known ?? error), code: known?.code, hint: known?.hint };
}

/** Never rejects: that the receiver is gone is told by `disconnect`. */
function send(message: FromDrive): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, () => resolve());
  });
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

process.on('disconnect', die);
process.on('SIGTERM', () => stop.abort());
// Ctrl-C and a terminal that is closed are meant for the receiver, which then says what is to be done.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('message', (message: ToDrive) => {
  switch (message.kind) {
    case 'order':
      void carryOut(message.order);
      return;
    case 'digest':
      questions.get(message.id)?.(message.digest);
      return;
    default:
      message satisfies never;
  }
});
