import { UserError } from '../../shared/errors/errors.ts';
import type { Drive } from './drive.ts';
import type { RunMirror } from './mirror.ts';
import { failureProblem, leftProblem } from './mirror-problem.ts';

/** Brings the mirror up to date in a process of its own. */
export function mirrorOnDrive(drive: Drive): RunMirror {
  return async (options) => {
    const { logsRoot, directory, recordPath, allowSameDevice, requireMountPoint } = options;
    const { retention, bootId, isNewDrive, reach, suspects, onMoved, onProgress, signal } = options;
    const order = {
      kind: 'mirror',
      options: {
        ...{ logsRoot, directory, recordPath, allowSameDevice, requireMountPoint },
        ...{ retention, bootId, isNewDrive, reach, suspects },
      },
    } as const;
    try {
      return await drive.run({ order, onMoved, onProgress, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UserError && error.code === 'MIRROR_UNUSABLE')
        return { kind: 'refused', problem: leftProblem(directory, error), wanted: [] };
      return { kind: 'failed', problem: failureProblem(directory, error), logs: [], wanted: [] };
    }
  };
}
