import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../shared/config/config.ts';
import { type Finding, fine, problem, warning } from '../../shared/doctor/finding.ts';
import { describeError, errnoOf, UserError } from '../../shared/errors/errors.ts';
import { decodePair, readPair } from '../identity/key-pair.ts';

const SOON_MS = 30 * 86_400_000;

/** Whether the receiver's certificate can be used, and its key is read by nobody else. */
export async function checkCertificate({ receiver }: Config, nowMs: number): Promise<Finding> {
  const subject = 'certificate';
  const path = join(receiver.data_directory, 'identity', 'current.pem');
  try {
    const { certificate_file: certificate, key_file: key } = receiver;
    if (certificate !== undefined && key !== undefined) await readPair(certificate, key);
    const { sha256, notAfterMs } = decodePair(await readFile(path, 'utf8'), path);
    const text = `${sha256.slice(0, 16)}…, until ${new Date(notAfterMs).toISOString().slice(0, 10)}`;
    if (((await stat(path)).mode & 0o077) !== 0)
      return problem(
        subject,
        `others than its user may read ${path}`,
        `chmod 600 ${path}, and then: fleetkeep-receiver certificate rotate`,
      );
    if (notAfterMs - nowMs < SOON_MS)
      return warning(
        subject,
        text,
        'Nodes do not look at the date, browsers do: fleetkeep-receiver certificate rotate',
      );
    return fine(subject, text);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return fine(subject, 'is made at the first start');
    const hint = error instanceof UserError ? error.hint : undefined;
    return problem(subject, describeError(error), hint ?? 'Run this as the user of the receiver.');
  }
}
