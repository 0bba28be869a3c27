/**
 * Headers of every answer (OWASP's HTTP Headers Cheat Sheet): scripts, styles and requests of our own only, in no frame of others. The
 * pictures of mails, and the mails themselves, are shown in a sandboxed frame that inherits all this.
 */
export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Also over TLS: the browser is to come back by TLS only. */
export const TLS_HEADERS = { 'strict-transport-security': 'max-age=31536000' } as const;
