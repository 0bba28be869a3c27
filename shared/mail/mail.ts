/**
 * Mail by SMTP, for both programs: the receiver's alerts, and the one thing that a sender tells by itself.
 *
 * 1. Returning from a transmission means that a server has taken the letter over; everything else is a failure in words.
 * 2. The same letter always becomes the same bytes under the same Message-ID, so a repeat is recognisable as one.
 * 3. Nothing is sent unencrypted unless the configuration says `none`.
 */

/** A picture that stands in a letter. */
export interface MailImage {
  /** What `<img src="cid:…">` names it by; letters, digits and hyphens. */
  readonly cid: string;
  /** The picture as PNG, in base64. */
  readonly png: string;
}

/** What travels. */
export interface Letter {
  /** With its angle brackets. */
  readonly messageId: string;
  /** Message-IDs of the earlier letters of the thread, oldest first. */
  readonly references: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Left out: plain text only. */
  readonly html?: string | undefined;
  /** When it was written, ms since 1970. */
  readonly dateMs: number;
  /** The administrators' addresses. */
  readonly to: readonly string[];
  readonly images?: readonly MailImage[] | undefined;
}
