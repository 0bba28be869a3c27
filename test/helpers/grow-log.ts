import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { readBootId } from '../../shared/files/boot-id.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { openLogWriter } from '../../shared/log/open-log-writer.ts';
import { PIECE_BYTES } from '../../shared/log/piece-sums.ts';
import { startSealer } from '../../shared/log/sealer.ts';
import { flipByte } from './logs.ts';
import { readWholeLog, type WholeLog } from './whole-log.ts';

/** Some machines call their processor like this: whoever counts characters where bytes are meant is found out on all. */
const CPU = 'Intel(R) Xeon® Processor';

/**
 * Goes on with the log of a sender that is stopped, as that would in days: closes and seals `segments` segments of two and a half pieces.
 * Returns all of it.
 */
export async function growLog(paths: LogPaths, segments: number): Promise<WholeLog> {
  const failed: unknown[] = [];
  await using sealer = startSealer({ onError: (_, error) => failed.push(error) });
  const options = { paths, bootId: readBootId(), segmentBytes: 2 ** 30, sealer };
  await using writer = await openLogWriter(options, Date.now());
  for (let segment = 0; segment < segments; segment++) {
    for (let bytes = 0; bytes < 2.5 * PIECE_BYTES; bytes += 2000) {
      const noise = randomBytes(1000).toString('hex');
      writer.append(JSON.stringify({ t: new Date().toISOString(), cpu: { model: CPU }, noise }), Date.now());
    }
    writer.closeSegment(Date.now());
  }
  await sealer.idle();
  if (failed.length > 0) throw new Error('a segment could not be sealed', { cause: failed[0] });
  return await readWholeLog(paths.root, paths.node);
}

/** Flips a byte of a file at a share of its length. */
export async function damageFile(path: string, share: number): Promise<void> {
  await flipByte(path, Math.floor(statSync(path).size * share));
}
