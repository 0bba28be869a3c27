import { describeError, errnoOf } from '../../shared/errors/errors.ts';
import { formatDuration } from '../../shared/time/format-time.ts';
import { type DirectoryDecision, hintFor } from './check-directory.ts';
import { type CopyNote, describeNote } from './copy-note.ts';

/** Something that the administrator has to know: raised as an alert, and shown by `status`. */
export interface MirrorProblem {
  /** Which problem it is: the same key again is the same problem going on. */
  readonly key: string;
  readonly title: string;
  /** Sentences in plain words, with what to do. */
  readonly detail: string;
}

/** The key of what concerns the whole mirror. */
export const MIRROR_KEY = 'mirror';

/** The key of what concerns one log of the mirror. */
export function logKey(name: string): string {
  return `${MIRROR_KEY}/${name}`;
}

/** The key of a drive that does not answer: the copies wait, and may yet go on. */
export const STALL_KEY = `${MIRROR_KEY}/stall`;

const STALL_TITLE = 'The second drive does not answer';

/** What to do about a drive that hangs. */
const STALL_HINT =
  'Logs are taken and mails sent as before; the copies wait. Look at the kernel log (dmesg) and at the cable, or at the server of a ' +
  'network drive.';

/** A run is under way, and nothing has moved on the drive since `sinceMs` (ms since 1970). */
export function stallProblem(directory: string, sinceMs: number): MirrorProblem {
  const since = new Date(sinceMs).toISOString();
  const detail = `${directory}: nothing could be read or written since ${since}. ${STALL_HINT} When it answers, the run goes on by itself.`;
  return { key: STALL_KEY, title: STALL_TITLE, detail };
}

/** The key of a mirror that was not brought up to date for two runs of its schedule. */
export const OVERDUE_KEY = `${MIRROR_KEY}/overdue`;

/** Nothing has brought the mirror up to date for so long that two runs were due, and no run says why. */
export function overdueProblem(directory: string, schedule: string, ageMs: number): MirrorProblem {
  const detail =
    `${directory}: no run has succeeded for ${formatDuration(ageMs)}, and the schedule (${schedule}) asked for two meanwhile. ` +
    'The live logs are taken as before; only the copies are old. Run fleetkeep-receiver backup now, and look at the log of the ' +
    'receiver and at the clock of this machine.';
  return { key: OVERDUE_KEY, title: 'The mirror is overdue', detail };
}

/** No run could be begun, since an earlier process still works on the drive. */
export function leftProblem(directory: string, error: unknown): MirrorProblem {
  const detail = `${directory}: ${describeError(error)}. ${STALL_HINT} It is tried again at the next run.`;
  return { key: STALL_KEY, title: STALL_TITLE, detail };
}

/** Another process holds the lock of the mirror: one that an earlier receiver has started, and that nothing could end. */
export function lockedProblem(directory: string): MirrorProblem {
  return leftProblem(directory, 'a process of the receiver that ran before this one still waits for it');
}

/** The directory may not be written to. */
export function refusalProblem(decision: DirectoryDecision & { kind: 'refuse' }): MirrorProblem {
  const detail = `${decision.detail} Nothing was written. ${hintFor(decision.reason)}`;
  return { key: MIRROR_KEY, title: 'The mirror cannot be used', detail };
}

/** Errors after which trying the next log makes no sense, and how a person calls them. */
const DRIVE_ERRORS: Readonly<Record<string, string>> = {
  ENOSPC: "The mirror's drive is full",
  EDQUOT: "The quota on the mirror's drive is used up",
  EROFS: "The mirror's drive is read-only",
  EIO: "The mirror's drive reports an error",
  ENODEV: "The mirror's drive is gone",
  ENXIO: "The mirror's drive is gone",
  ESTALE: "The mirror's drive is gone",
  ENOTCONN: "The mirror's drive is gone",
};

/** Whether an error is one of the drive, which the next log would meet as well. */
export function isDriveError(error: unknown): boolean {
  return DRIVE_ERRORS[errnoOf(error) ?? ''] !== undefined;
}

/** The run ended early. */
export function failureProblem(directory: string, error: unknown): MirrorProblem {
  const title = DRIVE_ERRORS[errnoOf(error) ?? ''] ?? 'The mirror could not be brought up to date';
  const hint = HINTS[errnoOf(error) ?? ''] ?? 'It is tried again at the next run.';
  const detail = `${directory}: ${describeError(error)}. What was copied before is sound. ${hint}`;
  return { key: MIRROR_KEY, title, detail };
}

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room there, take a larger drive, or limit what it keeps with mirror.retention.',
  EROFS: 'File systems become read-only after an error: look at the kernel log before you mount it again.',
  EIO: 'The drive may be failing: look at the kernel log.',
};

/** One log could not be copied, or there is something to know about it. */
export function logProblem(name: string, error: unknown, notes: readonly CopyNote[]): MirrorProblem {
  const isFailed = error !== undefined;
  const sentences = notes.map((note) => `${describeNote(note)}.`);
  if (isFailed) sentences.unshift(`${describeError(error)}.`);
  const title = isFailed ? `The mirror of ${name} is not up to date` : `The mirror of ${name} needs a look`;
  return { key: logKey(name), title, detail: sentences.map(capitalize).join(' ') };
}

function capitalize(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
