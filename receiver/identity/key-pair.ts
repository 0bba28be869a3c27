import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describeError, errnoOf, UserError } from '../../shared/errors/errors.ts';

/** A key and its certificate. */
export interface KeyPair {
  /** PEM; secret. */
  readonly key: string;
  /** PEM: the receiver's own, then those that vouch for it, if any. */
  readonly certificate: string;
  /** SHA-256 of the receiver's own certificate (its DER form), hex: by this senders know it. */
  readonly sha256: string;
  /** When it ends, ms since 1970. Matters to browsers, not to senders. */
  readonly notAfterMs: number;
}

/** SHA-256 of a certificate in DER form, hex. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

/**
 * Puts a key and a certificate together.
 *
 * @param origin where they come from, for the message
 * @throws UserError `CERTIFICATE_UNUSABLE` when one of them is none, or they do not belong together
 */
export function pairOf(key: string, certificate: string, origin: string): KeyPair {
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(certificate);
    if (leaf.checkPrivateKey(createPrivateKey(key)))
      return { key, certificate, sha256: fingerprintOf(leaf.raw), notAfterMs: leaf.validToDate.getTime() };
  } catch (error) {
    throw unusable(`${origin} holds no usable certificate and key (PEM): ${describeError(error)}`);
  }
  throw unusable(`the key and the certificate in ${origin} do not belong together`);
}

/** Reads the pair from the files of `receiver.certificate_file` and `receiver.key_file`. @throws UserError `CERTIFICATE_UNUSABLE` */
export async function readPair(certificateFile: string, keyFile: string): Promise<KeyPair> {
  const [certificate, key] = await Promise.all([readText(certificateFile), readText(keyFile)]);
  return pairOf(key, certificate, `${certificateFile} and ${keyFile}`);
}

/** A pair as one text, so that one file holds both and neither can be newer than the other. */
export function encodePair({ key, certificate }: KeyPair): string {
  return key + certificate;
}

/** Reads what {@link encodePair} wrote. @throws UserError `CERTIFICATE_UNUSABLE` */
export function decodePair(text: string, origin: string): KeyPair {
  const at = text.indexOf('-----BEGIN CERTIFICATE-----');
  return pairOf(text.slice(0, Math.max(at, 0)), text.slice(Math.max(at, 0)), origin);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw unusable(`cannot read ${path}: there is no such file`);
    throw unusable(`cannot read ${path}`, error);
  }
}

function unusable(message: string, cause?: unknown): UserError {
  return new UserError('CERTIFICATE_UNUSABLE', message, {
    cause,
    hint: 'Check receiver.certificate_file and receiver.key_file in config.json, or leave both out: the receiver makes its own.',
  });
}
