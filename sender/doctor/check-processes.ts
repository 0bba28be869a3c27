import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, fine, warning } from '../../shared/doctor/finding.ts';

/** Options of {@link checkProcesses}; the defaults are this machine and this user. */
export interface ProcessesOptions {
  /** The directory that holds `proc/`; default `/`. */
  readonly root?: string | undefined;
  /** The user who looks; undefined on platforms without users. */
  readonly uid?: number | undefined;
}

const HINT =
  'Run the sender as root; or mount /proc with gid=GROUP and let its user be in that group: SupplementaryGroups=GROUP in the unit.';

/**
 * Whether the sender can see the processes of all users. The option `hidepid` of `/proc` keeps a
 * user from that: the number of processes and the busiest ones are then not known.
 *
 * @param dataDirectory whose owner is taken for the user of the sender
 */
export function checkProcesses(
  dataDirectory: string,
  { root = '/', uid = process.getuid?.() }: ProcessesOptions = {},
): Finding {
  const option = /^\S+ \S+ \S+ \S+ \/proc .* - proc \S+ \S*\b(hidepid=[1-4a-z]+)/m.exec(readTable(root))?.[1];
  const unknown = 'the number of processes and the busiest ones are not known';
  // Process 1 always exists, and belongs to root.
  if (!existsSync(join(root, 'proc/1/stat'))) {
    const why = option === undefined ? 'something hides them' : `/proc is mounted with ${option}`;
    return warning('processes', `those of other users cannot be seen (${why}), so ${unknown}`, HINT);
  }
  const owner = ownerOf(dataDirectory);
  if (isHiding(option) && uid === 0 && owner !== undefined && owner !== 0) {
    const text = `/proc is mounted with ${option}: to a sender that runs as user ${owner} ${unknown}`;
    return warning('processes', text, HINT);
  }
  return fine('processes', 'those of all users can be seen');
}

function isHiding(option: string | undefined): option is string {
  return option !== undefined && option !== 'hidepid=0' && option !== 'hidepid=off';
}

function readTable(root: string): string {
  try {
    return readFileSync(join(root, 'proc/self/mountinfo'), 'latin1');
  } catch {
    return '';
  }
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}
