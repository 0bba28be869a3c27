import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type LogId, parseLogId } from '../../shared/names/log-id.ts';
import { FRAME_TYPES } from '../../shared/protocol/protocol.ts';
import { HostileStreams, seededRandom } from './hostile-streams.ts';
import { enrol } from './known-nodes.ts';
import { preparePlace } from './programs.ts';
import { connectRawSender, segmentBytes } from './raw-sender.ts';

/** What to do to a receiver. */
export interface FuzzOptions {
  /** An empty directory. */
  readonly directory: string;
  readonly streams: number;
  readonly seed: number;
  readonly isTls: boolean;
  /** Connections at once. */
  readonly concurrency?: number | undefined;
  readonly onProgress?: ((done: number, rssMib: number) => void) | undefined;
}

/** What came of it. */
export interface FuzzReport {
  /** How many streams got as far as being let in as the attacker. */
  readonly welcomed: number;
  /** Whether the receiver is the process that it was, and answers. */
  readonly isAlive: boolean;
  /** What it said of workers that died, uncaught errors and the like. */
  readonly crashes: readonly string[];
  /** Whether the log of the other node is byte for byte what it was, and goes on. */
  readonly isVictimIntact: boolean;
  /** Files outside the data directory that were not there before. */
  readonly strays: readonly string[];
  /** Names below `logs` that are neither node's. */
  readonly strangers: readonly string[];
  /** Memory after the first tenth and at the end, MiB. */
  readonly rssMib: readonly [early: number, late: number];
}

const VICTIM_LOG = parseLogId('0197a1b2-c3d4-7e5f-8a9b-00000000600d') as LogId;

/** Attacks a real receiver with hostile streams, and looks what that did to it. */
export async function fuzzReceiver(options: FuzzOptions): Promise<FuzzReport> {
  const { directory, streams, seed, isTls, concurrency = 50 } = options;
  const place = await preparePlace(directory, {
    transport: isTls ? 'tls' : 'plain_on_encrypted_network',
    receiver: {
      data_directory: 'receiver',
      commit_seconds: 0.02,
      workers: 2,
      limits: { newcomers: 100_000, newcomers_per_address: 100_000, failed_attempts: 1_000_000 },
    },
    alerts: { disconnect_grace_seconds: 86_400 },
    log_level: 'error',
  });
  // Makes the directory, the database and, with TLS, the certificate.
  await (await place.start('receiver')).end();
  enrol(join(directory, 'receiver'), ['victim', 'attacker']);
  await using receiver = await place.start('receiver');

  // With TLS nobody has the attacker's connection: what is inside is not reached without a proof that names the certificate.
  const before = isTls ? Buffer.alloc(0) : segmentBytes('victim', VICTIM_LOG, 1, 100);
  using victim = isTls ? undefined : await connectRawSender(place.port, 'victim', VICTIM_LOG);
  if (victim !== undefined) {
    victim.hello();
    await victim.next(FRAME_TYPES.WELCOME);
    victim.send(FRAME_TYPES.DATA, 1, 0, before);
    await victim.acknowledged(1, before.length);
  }

  const outside = filesOutside(directory);
  const target = {
    port: place.port,
    isTls,
    attacker: 'attacker',
    victim: { node: 'victim', log: VICTIM_LOG },
  };
  const hostile = new HostileStreams(target, seededRandom(seed));
  const pid = receiver.child.pid ?? 0;
  let done = 0;
  let early = 0;
  const work = async (): Promise<void> => {
    while (done < streams) {
      done += 1;
      if (done === Math.ceil(streams / 10)) early = rssMib(pid);
      if (done % 1000 === 0) options.onProgress?.(done, rssMib(pid));
      await hostile.run();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const late = rssMib(pid);

  const more = segmentBytes('victim', VICTIM_LOG, 1, 110).subarray(before.length);
  let isVictimIntact = true;
  if (victim !== undefined) {
    victim.send(FRAME_TYPES.DATA, 1, before.length, more);
    await victim.acknowledged(1, before.length + more.length);
    const stored = readFileSync(join(directory, 'receiver/logs/node-victim.log'));
    isVictimIntact = stored.equals(Buffer.concat([before, more]));
  }
  const status = await place.run('receiver', 'status', '--json');
  const logs = isTls ? [] : readdirSync(join(directory, 'receiver/logs'));
  return {
    welcomed: hostile.welcomed,
    isAlive: receiver.child.exitCode === null && status.code === 0,
    crashes: receiver.stderr().match(/worker died|uncaught|TypeError|RangeError|unhandled/gi) ?? [],
    isVictimIntact,
    strays: filesOutside(directory).filter((path) => !outside.includes(path)),
    strangers: logs.filter((name) => !/^node-(?:victim|attacker)(?:\.log|@.*|-?.*aside.*)?$/.test(name)),
    rssMib: [early, late],
  };
}

/** What lies beside the data directory, and above. */
function filesOutside(directory: string): string[] {
  const within = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const above = readdirSync(join(directory, '..'), { encoding: 'utf8' }).map((name) => `../${name}`);
  return [...within.filter((path) => !path.startsWith('receiver/') && !path.startsWith('mirror/')), ...above]
    .filter(
      (path) =>
        path.startsWith('..') ||
        statSync(join(directory, path), { throwIfNoEntry: false })?.isFile() === true,
    )
    .sort();
}

function rssMib(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return (pages * 4096) / 2 ** 20;
}
