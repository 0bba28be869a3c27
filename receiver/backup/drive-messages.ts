/** What the receiver and a process that works on the second drive for it say to each other. Both are of the same version. */

import type { ErrorCode } from '../../shared/errors/codes.ts';
import type { Position } from '../../shared/log/position.ts';
import type { NodeName } from '../../shared/names/node-name.ts';
import type { NodeDigest } from './compare-node.ts';
import type { CopiesReport, VerifyProgress } from './copies-report.ts';
import type { MirrorProgress, MirrorRun, RunMirrorOptions } from './run-mirror.ts';
import type { VerifyCopiesOptions } from './verify-copies.ts';

/** What a process can be told to do on the drive. */
export type DriveOrder =
  /** Brings the mirror up to date. */
  | {
      readonly kind: 'mirror';
      readonly options: Omit<RunMirrorOptions, 'clock' | 'signal' | 'onProgress'>;
    }
  /** Reads and compares all copies. */
  | {
      readonly kind: 'verify';
      readonly options: Omit<VerifyCopiesOptions, 'nodeDigest' | 'onProgress' | 'signal'>;
    }
  /** Keeps what this receiver is known by. */
  | {
      readonly kind: 'keep-identity';
      readonly directory: string;
      /** `mirror.json` in the receiver's data directory. */
      readonly recordPath: string;
      readonly content: string;
    }
  /** Reads what was kept. */
  | { readonly kind: 'read-identity'; readonly directory: string };

/** Which order. */
export type DriveKind = DriveOrder['kind'];

/** The directory that an order is about. */
export function directoryOf(order: DriveOrder): string {
  switch (order.kind) {
    case 'mirror':
      return order.options.directory;
    case 'verify':
      return order.options.mirrorDirectory;
    case 'keep-identity':
    case 'read-identity':
      return order.directory;
    default:
      return order satisfies never;
  }
}

/** What each order comes to. */
export interface DriveAnswers {
  readonly mirror: MirrorRun;
  readonly verify: CopiesReport;
  /** Whether it is there now. */
  readonly 'keep-identity': boolean;
  /** Undefined when there is nothing, or the directory is no mirror. */
  readonly 'read-identity': string | undefined;
}

/** What is told on the way. */
export interface DriveProgress {
  readonly mirror: MirrorProgress;
  readonly verify: VerifyProgress;
  readonly 'keep-identity': never;
  readonly 'read-identity': never;
}

/** To the process. */
export type ToDrive =
  /** The first message, and the only one of its kind. */
  | { readonly kind: 'order'; readonly order: DriveOrder }
  /** Answers `ask` of the same number. */
  | { readonly kind: 'digest'; readonly id: number; readonly digest: NodeDigest | undefined };

/** From the process. */
export type FromDrive<Kind extends DriveKind = DriveKind> =
  /** Something was read or written since the last such message; at most four a second. */
  | { readonly kind: 'moved'; readonly progress: DriveProgress[Kind] | undefined }
  /** What does the node itself hold, up to there? */
  | { readonly kind: 'ask'; readonly id: number; readonly node: NodeName; readonly upTo: Position }
  /** The last message, this one or the next. */
  | { readonly kind: 'done'; readonly answer: DriveAnswers[Kind] }
  | { readonly kind: 'failed'; readonly failure: DriveFailure };

/** An error, as far as it can be sent. */
export interface DriveFailure {
  /** The whole chain. */
  readonly message: string;
  /** Of a `UserError`; undefined for every other. */
  readonly code: ErrorCode | undefined;
  readonly hint: string | undefined;
}
