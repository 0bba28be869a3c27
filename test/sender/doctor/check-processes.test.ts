import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { checkProcesses } from '../../../sender/doctor/check-processes.ts';

const PROC = '22 27 0:21 / /proc rw,nosuid,relatime shared:12 - proc proc';

function layOut(t: Test, options: string, isInitSeen: boolean): string {
  const root = t.testdir({ proc: { self: { mountinfo: `${PROC} ${options}\n` } } });
  if (isInitSeen) {
    mkdirSync(join(root, 'proc/1'));
    writeFileSync(join(root, 'proc/1/stat'), '1 (init) S');
  }
  return root;
}

t.test('hidden processes are told, with why and what to do', async (t) => {
  const finding = checkProcesses('/nowhere', {
    root: layOut(t, 'rw,gid=27,hidepid=invisible', false),
    uid: 1000,
  });
  t.equal(finding.level, 'warning');
  t.match(finding.text, '/proc is mounted with hidepid=invisible');
  t.match(finding.text, 'number of processes and the busiest ones are not known');
  t.match(finding.hint, 'SupplementaryGroups=');
});

t.test('root, who sees all, is told what the user of the sender does not see', async (t) => {
  const root = layOut(t, 'rw,hidepid=2', true);
  t.equal(checkProcesses('/nowhere', { root, uid: 0 }).level, 'fine', 'a sender that is root sees all, too');
  if (process.getuid?.() !== 0) return;
  const directory = join(root, 'data');
  mkdirSync(directory);
  chownSync(directory, 4711, 4711);
  const finding = checkProcesses(directory, { root, uid: 0 });
  t.match(finding, { level: 'warning', text: 'a sender that runs as user 4711' });
  writeFileSync(join(root, 'proc/self/mountinfo'), `${PROC} rw,hidepid=off\n`);
  t.equal(checkProcesses(directory, { root, uid: 0 }).level, 'fine');
});

t.test('on an ordinary machine all is fine', async (t) => {
  t.equal(checkProcesses('/nowhere', { root: layOut(t, 'rw', true), uid: 1000 }).level, 'fine');
});
