/** Every code a {@link UserError} may carry. A code is stable: scripts and tests rely on it, wording may change. */
export const ERROR_CODES = {
  /** config.json is not readable, not JSON, or a value in it is not allowed. */
  CONFIG_INVALID: 'CONFIG_INVALID',
  /** A command-line flag or argument is not allowed. */
  USAGE: 'USAGE',
  /** A node name that is not `[a-z0-9][a-z0-9-]{0,62}`. */
  NODE_NAME_INVALID: 'NODE_NAME_INVALID',
  /** No log of that node here. */
  NODE_UNKNOWN: 'NODE_UNKNOWN',
  /** Another node has that name. */
  NODE_NAME_TAKEN: 'NODE_NAME_TAKEN',
  /** This machine has not joined a receiver, or the receiver does not let it in. */
  NOT_JOINED: 'NOT_JOINED',
  /** A join code that is none, or that the receiver does not take. */
  JOIN_CODE_INVALID: 'JOIN_CODE_INVALID',
  /** A certificate or its key cannot be read, or they do not belong together. */
  CERTIFICATE_UNUSABLE: 'CERTIFICATE_UNUSABLE',
  /** The port is taken or may not be used. */
  PORT_UNAVAILABLE: 'PORT_UNAVAILABLE',
  /** A directory is missing, or may not be read or written. */
  DIRECTORY_UNUSABLE: 'DIRECTORY_UNUSABLE',
  /** A newer version of Fleetkeep wrote what lies there. */
  FORMAT_NEWER: 'FORMAT_NEWER',
  /** Another process works in the same data directory. */
  ALREADY_RUNNING: 'ALREADY_RUNNING',
  /** The program that should answer on the control socket does not run. */
  NOT_RUNNING: 'NOT_RUNNING',
  /** No space left where bytes have to be kept. */
  DISK_FULL: 'DISK_FULL',
  /** The operating system refused something: a disk that is read-only or fails, a permission, a limit. */
  SYSTEM_REFUSED: 'SYSTEM_REFUSED',
  /** A process or thread that works for a program of ours ended before its work was done. */
  HELPER_ENDED: 'HELPER_ENDED',
  /** A log, or a file that belongs to it, does not hold what it must. */
  LOG_DAMAGED: 'LOG_DAMAGED',
  /** Nothing is known to be wrong with the copies, but not everything could be looked at. */
  NOT_PROVEN: 'NOT_PROVEN',
  /** The mirror cannot be written or may not be used. */
  MIRROR_UNUSABLE: 'MIRROR_UNUSABLE',
  /** No alert of that number, or no silence. */
  ALERT_UNKNOWN: 'ALERT_UNKNOWN',
  /** A mail could not be sent. */
  MAIL_FAILED: 'MAIL_FAILED',
  /** The doctor has found something that does not work. */
  UNHEALTHY: 'UNHEALTHY',
  /** Not possible on this operating system. */
  UNSUPPORTED: 'UNSUPPORTED',
  /** cron, systemd or the like refused. */
  INSTALL_FAILED: 'INSTALL_FAILED',
} as const;

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[keyof typeof ERROR_CODES];
