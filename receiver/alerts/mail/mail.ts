/**
 * What a mail of Fleetkeep is, and how one is written.
 *
 * 1. A mail is composed once, in the transaction of the change that it tells, and stored whole;
 * sending it again sends the same bytes under the same Message-ID. 2. The mails of one incident
 * share a thread: each names those before it in `In-Reply-To` and `References` (RFC 5322, section
 * 3.6.4). They have the same subject, but for the one that says that it is over: whoever reads
 * subjects alone must not read the alarm again. 3. Text from outside (host names, reasons, log
 * lines) goes through `cleanText` before it gets into a mail, and through HTML escaping when it is
 * rendered. No control character reaches a header.
 */

import type { Letter } from '../../../shared/mail/mail.ts';
import type { Notice } from './notice.ts';

/** A mail, ready to be rendered; also what the other channels make their messages of. */
export interface Mail extends Letter {
  readonly html: string;
  /** The same in short. */
  readonly notice: Notice;
  /** What was gathered in it, for a mail that stands for several which could not be sent. */
  readonly digest?: Digest | undefined;
}

/** Messages that were gathered into one. */
export interface Digest {
  readonly count: number;
  /** The newest of them, oldest first. */
  readonly lines: readonly DigestLine[];
}

/** One of them. */
export interface DigestLine {
  /** When it was written, ms since 1970. */
  readonly atMs: number;
  readonly subject: string;
  readonly headline: string;
}
