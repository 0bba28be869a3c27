import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { CopiesReport } from '../../../receiver/backup/copies-report.ts';
import { readVerifyRecord, recordVerification } from '../../../receiver/backup/verify-record.ts';

const NOON_MS = Date.UTC(2026, 10, 20, 12);

function reportOf(...logs: readonly object[]): CopiesReport {
  const whole = { verdict: 'sound', isSound: true, mirrorAbsence: undefined, isMirrorLost: false, logs };
  return whole as unknown as CopiesReport;
}

const log = (node: string, verdict: string, more: object = {}) => ({
  ...{ node, name: `node-${node}`, verdict, findings: [], doubts: [], copies: [{}, {}, {}], ...more },
});

t.test('a verification is remembered, node by node, until the next', async (t) => {
  const path = join(t.testdir(), 'verified.json');
  t.equal((await readVerifyRecord(path)).size, 0, 'never');
  const archived = log('7', 'not_sound', { name: 'node-7@id' });
  await recordVerification(path, reportOf(log('7', 'sound'), archived, log('8', 'sound')), NOON_MS);
  const doubts = ['node 8 did not answer'];
  await recordVerification(path, reportOf(log('8', 'not_proven', { doubts })), NOON_MS + 1000);
  t.strictSame(
    [...(await readVerifyRecord(path))],
    [
      ['7', { atMs: NOON_MS, verdict: 'sound', message: '3 copies agree' }],
      ['8', { atMs: NOON_MS + 1000, verdict: 'not_proven', message: 'node 8 did not answer' }],
    ],
  );
  await writeFile(path, '{"nodes":{"7":{"at":"never","verdict":"sound"},"8":5}}');
  t.equal((await readVerifyRecord(path)).size, 0, 'what makes no sense is not known');
});
