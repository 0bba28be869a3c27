/**
 * What a mail of Fleetkeep is, and how one is written.
 *
 * 1. A mail is composed once, in the transaction of the change that it tells, and stored whole; sending it again sends the
 *    same bytes under the same Message-ID.
 * 2. The mails of one incident share a thread: the same subject (some mail programs go by that alone), and each names
 *    those before it in `In-Reply-To` and `References` (RFC 5322, section 3.6.4).
 * 3. Text from outside (host names, reasons, log lines) goes through `cleanText` before it gets into a mail, and
 *    through HTML escaping when it is rendered. No control character reaches a header.
 */

/** A mail, ready to be rendered. */
export interface Mail {
  /** With its angle brackets. */
  readonly messageId: string;
  /** Message-IDs of the earlier mails of the thread, oldest first. */
  readonly references: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** When it was written, ms since 1970. */
  readonly dateMs: number;
  /** The administrators' addresses. */
  readonly to: readonly string[];
}
