import { isIP } from 'node:net';
import { type KeyPair, pairOf } from './key-pair.ts';

/** Options of {@link makeCertificate}. */
export interface MakeCertificateOptions {
  /** Names and addresses for browsers; senders go by the hash alone. */
  readonly hostNames: readonly string[];
  /** ms since 1970. */
  readonly nowMs: number;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const YEARS = 10;
/** A node whose clock is behind shall not find a certificate from the future. */
const BACK_MS = 86_400_000;

/** Makes a key (ECDSA P-256) and a self-signed certificate. The library is loaded for this alone, once in years. */
export async function makeCertificate({ hostNames, nowMs }: MakeCertificateOptions): Promise<KeyPair> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const notAfter = new Date(nowMs);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + YEARS);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=fleetkeep receiver',
    notBefore: new Date(nowMs - BACK_MS),
    notAfter,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hostNames.map((name) => ({ type: isIP(name) !== 0 ? 'ip' : 'dns', value: name })),
      ),
    ],
  });
  const certificate = `${made.toString('pem')}\n`;
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
  return pairOf(key, certificate, 'what was made');
}
