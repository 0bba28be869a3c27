import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/**
 * Makes sure that the other end is the receiver: its certificate is one of those that it said were its own.
 * The hash decides, nothing else; neither names nor dates in the certificate matter.
 *
 * @param trusted SHA-256 of each, hex
 * @returns the SHA-256 of the one in use
 * @throws Error that says which came and what to do
 */
export function checkCertificate(socket: TLSSocket, trusted: readonly string[]): string {
  const shown = socket.getPeerX509Certificate();
  if (shown === undefined) throw new Error('the receiver showed no certificate');
  const sha256 = createHash('sha256').update(shown.raw).digest('hex');
  if (trusted.includes(sha256)) return sha256;
  throw new Error(
    `the receiver shows certificate ${short(sha256)}…, not ${trusted.map((hash) => `${short(hash)}…`).join(' or ')}; ` +
      'if it was set up anew, make a join code there (fleetkeep-receiver join-code) and use it here (fleetkeep-sender start --join CODE)',
  );
}

function short(sha256: string): string {
  return sha256.slice(0, 16);
}
