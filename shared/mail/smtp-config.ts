/** How to reach an SMTP server. */
export interface SmtpConfig {
  readonly host: string;
  readonly port: number;
  /** What this machine calls itself in EHLO; left out: the domain of the sender's address. */
  readonly name?: string | undefined;
  /** Left out: no authentication. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** `starttls`: plain at first, then encrypted, or nothing is sent; `implicit`: encrypted from the start; `none`: never. */
  readonly tls: 'starttls' | 'implicit' | 'none';
  /** Certificates (PEM) to trust instead of the well-known authorities. */
  readonly ca?: string | undefined;
}

/** How long each step of a conversation may take, ms. */
export interface SmtpTimeouts {
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Silence in the middle of a conversation. */
  readonly socketMs: number;
  /** The whole conversation; a server that answers a little at a time would otherwise hold it for ever. */
  readonly totalMs: number;
}

/** nodemailer's own are 2 min, 30 s and 10 min: far too long while other messages wait. */
export const SMTP_TIMEOUTS: SmtpTimeouts = {
  connectMs: 10_000,
  greetingMs: 10_000,
  socketMs: 30_000,
  totalMs: 120_000,
};
