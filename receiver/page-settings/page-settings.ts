/**
 * What was set on the web page: settings that override config.json, which is read-only for an installed receiver.
 *
 * Invariants. Tests cite them by number.
 *
 * 1. What was set holds until it is reset: after a restart, and when config.json or a flag says something else later.
 * 2. It is on the disk before anybody is told; what cannot be written changes nothing.
 * 3. A file that is damaged is an error, never a guess.
 *
 * On disk, `settings.json` in the data directory: `{ "format": 1, "sleeptime": { "value": 5, "set": "2026-…Z" } }`.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf, UserError } from '../../shared/errors/errors.ts';
import { replaceFile } from '../../shared/files/replace-file.ts';

/** A setting that was made on the web page, or by its API. It overrides config.json and the flags of `start` until it is reset. */
export interface PageSetting {
  readonly value: number;
  /** When it was made, ms since 1970. */
  readonly setMs: number;
}

/** The settings that were made on the web page. They lie in `settings.json` of the data directory. */
export interface PageSettings {
  /** Seconds between two samples; undefined: what config.json says holds. */
  sleeptime(): PageSetting | undefined;
  /** Durable when it returns. @throws the system's error; the setting is then as before */
  setSleeptime(seconds: number): Promise<void>;
  /** Has config.json decide again. Durable when it returns. @returns whether there was anything to reset */
  resetSleeptime(): Promise<boolean>;
}

const FORMAT = 1;
const FILE = z.strictObject({
  format: z.literal(FORMAT),
  sleeptime: z.strictObject({ value: z.number().min(0.1).max(3600), set: z.iso.datetime() }).optional(),
});

/** Reads them. @throws UserError `DIRECTORY_UNUSABLE` when they cannot be read */
export async function openPageSettings(directory: string): Promise<PageSettings> {
  const path = join(directory, 'settings.json');
  let sleeptime = await read(path);
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other: two pages may set at once, and the file has one temporary file. */
  function write(next: PageSetting | undefined): Promise<void> {
    const written = turn.then(async () => {
      await replaceFile(path, encode(next), { mode: 0o600 });
      sleeptime = next;
    });
    turn = written.catch(() => undefined);
    return written;
  }

  return {
    sleeptime: () => sleeptime,
    setSleeptime: (value) => write({ value, setMs: Date.now() }),
    async resetSleeptime() {
      await turn;
      if (sleeptime === undefined) return false;
      await write(undefined);
      return true;
    },
  };
}

async function read(path: string): Promise<PageSetting | undefined> {
  try {
    const { sleeptime } = FILE.parse(JSON.parse(await readFile(path, 'utf8')));
    return sleeptime && { value: sleeptime.value, setMs: Date.parse(sleeptime.set) };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    const isOfSystem = errnoOf(error) !== undefined;
    throw new UserError(
      'DIRECTORY_UNUSABLE',
      `cannot use ${path}, which holds what was set on the web page`,
      {
        cause: isOfSystem ? error : new Error('it does not hold what it must'),
        hint: 'This user must be able to read it. If it is damaged, remove it: config.json then decides.',
      },
    );
  }
}

function encode(sleeptime: PageSetting | undefined): string {
  const set = sleeptime && { value: sleeptime.value, set: new Date(sleeptime.setMs).toISOString() };
  return `${JSON.stringify({ format: FORMAT, sleeptime: set }, undefined, 2)}\n`;
}
