import { errnoOf, UserError } from '../../shared/errors/errors.ts';
import type { LogPaths } from '../../shared/log/log.ts';
import { readLogMeta } from '../../shared/log/log-meta.ts';
import { findSoundPrefix } from '../../shared/log/recover-tail.ts';

/**
 * How much of a copy's open segment may be copied, bytes. After a power cut the copy is recovered when its node next connects; until
 * then its end may be zeros that were never written, and what is copied ends where the recovery will cut.
 *
 * @param bootId of this machine
 */
export async function soundEnd(paths: LogPaths, bootId: string): Promise<number> {
  try {
    const meta = await readLogMeta(paths);
    if (meta === undefined || meta.bootId === bootId) return Number.POSITIVE_INFINITY;
    return (await findSoundPrefix(paths.open)).bytes;
  } catch (error) {
    // Whoever reads the copy reports a damaged log.json.
    const isDamage = error instanceof UserError && error.code === 'LOG_DAMAGED';
    if (isDamage || errnoOf(error) === 'ENOENT') return Number.POSITIVE_INFINITY;
    throw error;
  }
}
