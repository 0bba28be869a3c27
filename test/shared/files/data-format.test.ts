import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { claimDataFormat } from '../../../shared/files/data-format.ts';
import { VERSION } from '../../../shared/names/version.ts';

function formatIn(directory: string): unknown {
  return JSON.parse(readFileSync(join(directory, 'format.json'), 'utf8'));
}

t.test('data format invariant 3: a directory without the file is taken, and gets it', async (t) => {
  const directory = t.testdir({ 'fleet.db': 'of an earlier version' });
  await claimDataFormat(directory, 'receiver');
  t.same(formatIn(directory), { program: 'receiver', format: 1, version: VERSION });
});

t.test('data format invariant 1: what another version of the same format wrote is taken', async (t) => {
  const directory = t.testdir({
    'format.json': JSON.stringify({ program: 'sender', format: 1, version: '9.9.9' }),
  });
  await claimDataFormat(directory, 'sender');
  t.match(formatIn(directory), { version: VERSION }, 'who writes now is noted');
});

t.test(
  'data format invariant 2: what a newer version wrote is refused in a sentence, and stays',
  async (t) => {
    const written = { program: 'sender', format: 7, version: '3.1.0' };
    const directory = t.testdir({ 'format.json': JSON.stringify(written) });
    await t.rejects(claimDataFormat(directory, 'sender'), {
      code: 'FORMAT_NEWER',
      message: `${directory} has format 7, written by Fleetkeep 3.1.0; this is ${VERSION} and knows formats up to 1`,
      hint: /Install that version again/,
    });
    t.same(formatIn(directory), written);
  },
);

t.test('the other program’s directory is refused', async (t) => {
  const directory = t.testdir();
  await claimDataFormat(directory, 'sender');
  await t.rejects(claimDataFormat(directory, 'receiver'), {
    code: 'DIRECTORY_UNUSABLE',
    message: /is the data directory of a sender, not of a receiver/,
  });
});

t.test('nobody guesses the format from a damaged file', async (t) => {
  const directory = t.testdir();
  for (const text of ['', '{', '{"format":"new"}']) {
    writeFileSync(join(directory, 'format.json'), text);
    await t.rejects(claimDataFormat(directory, 'sender'), {
      code: 'DIRECTORY_UNUSABLE',
      hint: /remove this file/,
    });
  }
});
