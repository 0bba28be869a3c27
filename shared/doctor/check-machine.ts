import { existsSync, readFileSync } from 'node:fs';
import { type Finding, fine, problem, warning } from './finding.ts';

const NEEDED = [24, 15] as const;
/** Before this nobody can have installed the program. */
const EARLIEST_MS = Date.UTC(2026, 0, 1);
/** What the usual time services leave behind once the clock has been set. */
const SYNCHRONIZED = ['/run/systemd/timesync/synchronized', '/run/chrony/chronyd.pid', '/run/ntpd.pid'];

/** Whether the runtime is new enough. */
export function checkRuntime(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isEnough = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
  if (isEnough) return fine('node', version);
  return problem('node', `${version} is too old`, `Install Node.js ${NEEDED.join('.')} or newer.`);
}

/** Whether the clock can be right. @param nowMs ms since 1970 */
export function checkClock(nowMs: number, markers: readonly string[] = SYNCHRONIZED): Finding {
  const now = new Date(nowMs).toISOString();
  if (nowMs < EARLIEST_MS)
    return problem(
      'clock',
      `it is ${now}, which cannot be`,
      'Set the clock, and let chrony or systemd-timesyncd keep it.',
    );
  if (process.platform !== 'linux' || markers.some((path) => existsSync(path))) return fine('clock', now);
  return warning(
    'clock',
    `it is ${now}; no time service was found that keeps it`,
    'Install chrony or enable systemd-timesyncd, unless the host of this virtual machine keeps its clock.',
  );
}

/**
 * Whether enough files may be open.
 *
 * @param needed descriptors that the program may come to need
 * @param limits the text of `/proc/self/limits`; undefined where there is none
 */
export function checkOpenFiles(needed: number, limits = readLimits()): Finding {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? '')?.[1];
  if (soft === undefined || soft === 'unlimited') return fine('open files', 'no limit');
  const text = `${soft} may be open, up to ${needed} are needed`;
  if (Number(soft) >= needed) return fine('open files', text);
  return warning(
    'open files',
    text,
    `Raise the limit: ulimit -n ${needed}, or LimitNOFILE=${needed} in the systemd unit.`,
  );
}

function readLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
}
