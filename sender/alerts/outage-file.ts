import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../shared/files/replace-file.ts';
import { variants } from '../../shared/shape/object-shape.ts';
import { number, optional, text } from '../../shared/shape/shape.ts';
import type { Outage } from './outage.ts';

const KNOWN = {
  id: text({ pattern: /^[0-9a-f-]{1,64}$/ }),
  sinceMs: number(),
  foundMs: number(),
  receiver: text(),
  reason: optional(text()),
};

const FILE = variants({ telling_loss: KNOWN, told: KNOWN, telling_return: { backMs: number(), ...KNOWN } });

/** The outage that was being told when the sender ended; none where there is no file, or one that cannot be read. */
export async function readOutage(directory: string): Promise<Outage> {
  try {
    const known = FILE(JSON.parse(await readFile(pathOf(directory), 'utf8')), '');
    return { ...known, reason: known.reason };
  } catch {
    // At worst an outage that still lasts is told again.
    return { kind: 'none' };
  }
}

/** Keeps what a restart must not forget. A brief outage is nothing yet. */
export async function writeOutage(directory: string, outage: Outage): Promise<void> {
  if (outage.kind === 'none' || outage.kind === 'brief') await rm(pathOf(directory), { force: true });
  else await replaceFile(pathOf(directory), `${JSON.stringify(outage)}\n`);
}

function pathOf(directory: string): string {
  return join(directory, 'receiver-lost.json');
}
