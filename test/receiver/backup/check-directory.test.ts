import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import {
  type DirectoryFacts,
  type DirectoryRules,
  decideDirectory,
  gatherFacts,
  hintFor,
} from '../../../receiver/backup/check-directory.ts';
import { type MirrorId, markerPath, readMarker, writeMarker } from '../../../receiver/backup/marker.ts';
import { newerFormat } from '../../../shared/files/newer-format.ts';

const OURS = '11111111-1111-4111-8111-111111111111' as MirrorId;
const OTHER = '22222222-2222-4222-8222-222222222222' as MirrorId;

/** A mounted drive with our marker. */
const MOUNTED: DirectoryFacts = {
  directory: '/mnt/copy',
  kind: 'directory',
  hasParent: true,
  device: 2,
  parentDevice: 1,
  logsDevice: 1,
  marker: { kind: 'found', id: OURS },
};
/** The mount point without the drive. */
const UNMOUNTED: DirectoryFacts = { ...MOUNTED, device: 1, marker: { kind: 'missing' } };
const MISSING: DirectoryFacts = { ...UNMOUNTED, kind: 'missing', device: undefined };

const USED: DirectoryRules = {
  allowSameDevice: false,
  requireMountPoint: false,
  record: { kind: 'known', id: OURS, lastSuccess: undefined, logs: [], scrubbed: undefined },
  isNewDrive: false,
};
const FIRST: DirectoryRules = { ...USED, record: { kind: 'never' } };

const NEWER = { kind: 'newer', error: newerFormat('/mnt/copy', { format: 2, known: 1 }) } as const;

function decided(facts: DirectoryFacts, rules: DirectoryRules): string {
  const decision = decideDirectory(facts, rules);
  return decision.kind === 'refuse' ? decision.reason : decision.kind;
}

t.test('mirror invariant 1: a directory is used, made or refused', async (t) => {
  const cases: [string, DirectoryFacts, DirectoryRules, string][] = [
    ['the mirror that was used before', MOUNTED, USED, 'use'],
    ['it is not mounted', UNMOUNTED, USED, 'no-marker'],
    ['it is not there', MISSING, USED, 'missing'],
    ['another mirror', { ...MOUNTED, marker: { kind: 'found', id: OTHER } }, USED, 'other-mirror'],
    [
      'its marker is damaged',
      { ...MOUNTED, marker: { kind: 'unreadable', detail: 'x' } },
      USED,
      'marker-unreadable',
    ],
    [
      'a newer version writes it',
      { ...MOUNTED, marker: NEWER },
      { ...USED, isNewDrive: true },
      'newer-format',
    ],
    ['a file is there', { ...MOUNTED, kind: 'no-directory' }, USED, 'no-directory'],
    ['not mounted, and it must be', UNMOUNTED, { ...USED, requireMountPoint: true }, 'no-mount-point'],
    ['mounted, as it must be', MOUNTED, { ...USED, requireMountPoint: true }, 'use'],
    ['our mirror moved to the device of the logs', { ...MOUNTED, device: 1 }, USED, 'same-device'],
    ['the same device is allowed', { ...MOUNTED, device: 1 }, { ...USED, allowSameDevice: true }, 'use'],
    ['the first run ever', { ...MOUNTED, marker: { kind: 'missing' } }, FIRST, 'begin'],
    ['the first run, nothing there', { ...MISSING, parentDevice: 2 }, FIRST, 'begin'],
    ['the first run, nothing above it', { ...MISSING, hasParent: false }, FIRST, 'missing'],
    ['the first run, it would be the same device', MISSING, FIRST, 'same-device'],
    ['the first run, to be mounted', MISSING, { ...FIRST, requireMountPoint: true }, 'no-mount-point'],
    ['a receiver that lost its own disk', { ...MOUNTED, marker: { kind: 'found', id: OTHER } }, FIRST, 'use'],
    ['a new drive', { ...MOUNTED, marker: { kind: 'missing' } }, { ...USED, isNewDrive: true }, 'begin'],
    [
      'a new drive that has been a mirror',
      { ...MOUNTED, marker: { kind: 'found', id: OTHER } },
      { ...USED, isNewDrive: true },
      'use',
    ],
    ['a new drive that is the disk of the logs', UNMOUNTED, { ...USED, isNewDrive: true }, 'same-device'],
    [
      'mirror.json is damaged and the marker is there',
      MOUNTED,
      { ...USED, record: { kind: 'unreadable', detail: 'x' } },
      'use',
    ],
    [
      'mirror.json is damaged and nothing is there',
      UNMOUNTED,
      { ...USED, record: { kind: 'unreadable', detail: 'x' } },
      'no-marker',
    ],
  ];
  for (const [name, facts, rules, expected] of cases) t.equal(decided(facts, rules), expected, name);
});

t.test('a refusal says in plain words what is wrong and what to do', async (t) => {
  const decision = decideDirectory(UNMOUNTED, USED);
  t.match(decision, {
    detail: '/mnt/copy is not the mirror that was used before: its marker file is not there.',
  });
  t.equal(
    hintFor('no-marker'),
    'Is the drive mounted? If it is a new drive: fleetkeep-receiver backup now --new-drive',
  );
});

t.test('gatherFacts() tells what the file system says', async (t) => {
  const data = t.testdir();
  const [directory, logs] = [join(data, 'copy'), join(data, 'not', 'made', 'yet')];
  t.match(await gatherFacts(directory, logs), {
    kind: 'missing',
    hasParent: true,
    marker: { kind: 'missing' },
  });
  t.match(await gatherFacts(join(directory, 'deeper'), logs), { kind: 'missing', hasParent: false });
  await mkdir(directory);
  const id = await writeMarker(directory, 0);
  const facts = await gatherFacts(directory, logs);
  t.match(facts, { kind: 'directory', marker: { kind: 'found', id } });
  t.equal(
    facts.device,
    facts.logsDevice,
    'logs that are not there yet will be on the disk of the directory above',
  );
  await writeFile(markerPath(directory), 'torn');
  t.equal((await gatherFacts(directory, logs)).marker.kind, 'unreadable');
  t.equal((await gatherFacts(markerPath(directory), logs)).kind, 'no-directory');
});

t.test('the marker of a newer version is known as that, and not as damaged', async (t) => {
  const directory = t.testdir();
  await writeFile(markerPath(directory), JSON.stringify({ format: 2, id: 'made in another way' }));
  t.match(await readMarker(directory), { kind: 'newer', error: { code: 'FORMAT_NEWER' } });
});
