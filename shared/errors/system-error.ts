import { explainErrno } from './errno-words.ts';
import { errnoOf, UserError } from './errors.ts';
import { errnoOfDatabase } from './sqlite-errno.ts';

/** What the operating system refused, for the person who meets it. */
export interface SystemTrouble {
  /** Its code, such as `ENOSPC`. */
  readonly errno: string;
  /** One sentence, without a full stop: on what it happened, and what it means. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/**
 * Turns an error at the top of a program, or at the border of one, into what a person can mend. A full, read-only or broken disk,
 * a missing permission and an exhausted limit are trouble of the machine, not bugs. Undefined for everything else.
 *
 * A {@link UserError} keeps its code and message. Its hint gives way where the cause is one that it cannot know, such as a full
 * disk under a directory that "must be writable".
 */
export function toUserError(error: unknown): UserError | undefined {
  const first = withoutSuppressed(error);
  const trouble = explainSystemError(first);
  if (errnoOf(first) === 'ERR_WORKER_OUT_OF_MEMORY') return outOfMemory(first);
  if (!(first instanceof UserError)) {
    return trouble && new UserError(codeOf(trouble.errno), trouble.message, { hint: trouble.hint });
  }
  if (trouble === undefined || !DECISIVE.has(trouble.errno) || hasHintFor(first, trouble)) return first;
  return new UserError(first.code, first.message, { cause: first.cause, hint: trouble.hint });
}

/** Finds the system's error at the bottom of a chain of causes and puts it into words. Undefined when there is none. */
export function explainSystemError(error: unknown): SystemTrouble | undefined {
  const outer: string[] = [];
  const seen = new Set<unknown>();
  for (let current = error; current instanceof Error && !seen.has(current); current = causeOf(current)) {
    seen.add(current);
    const errno = systemErrnoOf(current);
    if (errno !== undefined) return troubleOf(errno, current, outer);
    if (current.message !== '') outer.push(current.message);
  }
  return undefined;
}

/** Says which file a failed call was about, where Node.js leaves it out: for calls on an open file. Returns the same error. */
export function namePath(error: unknown, path: string): unknown {
  const isNameless = errnoOf(error) !== undefined && error instanceof Error && !('path' in error);
  return isNameless ? Object.assign(error, { path }) : error;
}

/** These decide what to do, whatever was being done. */
const DECISIVE: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'EAGAIN',
]);

/** These come from a wrong call, so they are bugs of ours. */
const OUR_FAULT: ReadonlySet<string> = new Set(['EBADF', 'EFAULT', 'EINVAL', 'ENOTSOCK', 'EISCONN', 'EDOM']);

/** An error for a full disk says itself what needs the room. */
function hasHintFor({ code }: UserError, { errno }: SystemTrouble): boolean {
  return code === 'DISK_FULL' && (errno === 'ENOSPC' || errno === 'EDQUOT');
}

function outOfMemory(cause: unknown): UserError {
  return new UserError('HELPER_ENDED', 'a worker thread has used up the memory that it may have', {
    cause,
    hint: 'Raise receiver.worker_heap_mb, or history.worker_heap_mb, in config.json.',
  });
}

function codeOf(errno: string): 'DISK_FULL' | 'SYSTEM_REFUSED' {
  return errno === 'ENOSPC' || errno === 'EDQUOT' ? 'DISK_FULL' : 'SYSTEM_REFUSED';
}

/** When stopping fails because starting has failed, what came first says more. */
function withoutSuppressed(error: unknown): unknown {
  let first = error;
  while (first instanceof SuppressedError) first = first.suppressed;
  return first;
}

function causeOf(error: Error): unknown {
  if (error instanceof AggregateError) {
    return error.errors.find((one) => explainSystemError(one) !== undefined) ?? error.cause;
  }
  return error.cause;
}

function systemErrnoOf(error: Error): string | undefined {
  const errno = errnoOfDatabase(error) ?? errnoOfWorker(error) ?? errnoOf(error);
  if (errno === undefined || !/^E[A-Z0-9]+$/.test(errno) || OUR_FAULT.has(errno)) return undefined;
  return errno;
}

/** The reason why a thread could not be started stands in words only: `Worker initialization failure: EMFILE`. */
function errnoOfWorker(error: Error): string | undefined {
  if (errnoOf(error) !== 'ERR_WORKER_INIT_FAILED') return undefined;
  return /\bE[A-Z0-9]+$/.exec(error.message)?.[0];
}

function troubleOf(errno: string, error: Error, outer: readonly string[]): SystemTrouble {
  const { what, hint } = explainErrno(errno);
  const deed = deedOf(error);
  const parts = [...outer, ...(deed === undefined ? [] : [`cannot ${deed}`]), `${what} (${errno})`];
  return { errno, message: parts.join(': '), hint };
}

const VERBS: Readonly<Record<string, string>> = {
  open: 'open',
  read: 'read',
  write: 'write',
  fsync: 'sync',
  fdatasync: 'sync',
  mkdir: 'make the directory',
  rename: 'rename',
  unlink: 'remove',
  scandir: 'list',
  stat: 'look at',
  lstat: 'look at',
  listen: 'listen on',
  bind: 'listen on',
  connect: 'connect to',
};

/** What was being done to what: `open /var/lib/x`; undefined where the error does not say. */
function deedOf(error: Error): string | undefined {
  const { syscall, path, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (errnoOfDatabase(error) !== undefined) return 'use a database in the data directory';
  if (syscall === undefined) return undefined;
  if (syscall.startsWith('spawn')) return `start ${path ?? 'a program'}`;
  const place = path ?? (address === undefined ? undefined : [address, port].filter(Boolean).join(', port '));
  const verb = VERBS[syscall] ?? syscall;
  return place === undefined ? verb : `${verb} ${place}`;
}
