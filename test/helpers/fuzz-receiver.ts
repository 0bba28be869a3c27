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

  // With TLS what is inside is not reached: the proof has to name a certificate that this attacker does not look at.
  const before = segmentBytes('victim', VICTIM_LOG, 1, 100);
  if (!isTls) await sendVictim(place.port, 0, before);

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
    // On a busy machine most strangers are turned away at the door; it goes on until some have got further.
    while (done < streams || (!isTls && hostile.welcomed < streams / 100 && done < 5 * streams)) {
      done += 1;
      if (done === Math.ceil(streams / 10)) early = rssMib(pid);
      if (done % 1000 === 0) options.onProgress?.(done, rssMib(pid));
      await hostile.run();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const late = rssMib(pid);

  const whole = segmentBytes('victim', VICTIM_LOG, 1, 110);
  let isVictimIntact = true;
  if (!isTls) {
    await sendVictim(place.port, before.length, whole.subarray(before.length));
    isVictimIntact = readFileSync(join(directory, 'receiver/logs/node-victim.log')).equals(whole);
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

/** Connects as the victim, whose log has to end at `offset` here, and sends more of it. */
async function sendVictim(port: number, offset: number, bytes: Buffer): Promise<void> {
  using victim = await connectRawSender(port, 'victim', VICTIM_LOG);
  victim.hello();
  const { at } = (await victim.nextJson(FRAME_TYPES.WELCOME)) as { at?: { offset?: number } };
  if (at?.offset !== offset) throw new Error(`the log of the victim ends at ${at?.offset}, not at ${offset}`);
  victim.send(FRAME_TYPES.DATA, 1, offset, bytes);
  await victim.acknowledged(1, offset + bytes.length);
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
