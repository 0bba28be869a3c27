import { getCACertificates } from 'node:tls';

/**
 * The certificate authorities that Node.js trusts by itself, PEM: those that come with it, and those that NODE_EXTRA_CA_CERTS names.
 *
 * A sender runs with `--use-openssl-ca` (`node-flags.ts`), so that they are not held for a receiver that is known by its own
 * certificate; for a mail server they are named. OpenSSL's own list lies elsewhere on every system, and often nowhere.
 */
export function wellKnownAuthorities(): string {
  return [...getCACertificates('bundled'), ...getCACertificates('extra')].join('\n');
}
