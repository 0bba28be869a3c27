import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../../shared/errors/errors.ts';
import { type Marker, type MirrorId, readMarker } from './marker.ts';
import type { MirrorRecord } from './mirror-record.ts';

/** What the file system says about the mirror's directory. */
export interface DirectoryFacts {
  readonly directory: string;
  readonly kind: 'directory' | 'missing' | 'no-directory';
  /** Whether the directory above is there. */
  readonly hasParent: boolean;
  /** Devices (`st_dev`): of the directory, of the one above it, of the live logs. */
  readonly device: number | undefined;
  readonly parentDevice: number | undefined;
  readonly logsDevice: number | undefined;
  readonly marker: Marker;
}

/** What is expected of the directory. */
export interface DirectoryRules {
  readonly allowSameDevice: boolean;
  readonly requireMountPoint: boolean;
  /** What the receiver remembers. */
  readonly record: MirrorRecord;
  /** The administrator says that the mirror begins anew on this drive. */
  readonly isNewDrive: boolean;
}

/** Why the mirror's directory is refused. */
export type RefusalReason =
  | 'missing'
  | 'no-directory'
  | 'no-mount-point'
  | 'same-device'
  | 'no-marker'
  | 'other-mirror'
  | 'marker-unreadable'
  | 'newer-format';

/** What to do with the mirror's directory. */
export type DirectoryDecision =
  | { readonly kind: 'use'; readonly id: MirrorId }
  /** It becomes a mirror: the directory is made where it is missing, the marker is written. */
  | { readonly kind: 'begin'; readonly isMissing: boolean }
  | { readonly kind: 'refuse'; readonly reason: RefusalReason; readonly detail: string };

/**
 * Decides whether the mirror may be written. The directory is never made a second time, and never written to without its marker:
 * with the drive not mounted, the copies would fill the wrong disk while everybody believes that they are safe.
 */
export function decideDirectory(facts: DirectoryFacts, rules: DirectoryRules): DirectoryDecision {
  if (facts.kind === 'no-directory') return refuse('no-directory', `${facts.directory} is no directory.`);
  const isFirst = rules.record.kind === 'never' || rules.isNewDrive;
  if (facts.kind === 'missing') return isFirst ? decideMissing(facts, rules) : refuseMissing(facts);
  if (rules.requireMountPoint && facts.device === facts.parentDevice) return refuseNoMountPoint(facts);
  const byMarker = decideByMarker(facts, rules, isFirst);
  if (byMarker.kind === 'refuse') return byMarker;
  return isOnLogsDevice(facts.device, facts, rules) ? refuseSameDevice(facts) : byMarker;
}

function decideMissing(facts: DirectoryFacts, rules: DirectoryRules): DirectoryDecision {
  if (!facts.hasParent) return refuseMissing(facts);
  // What does not exist is no mount point, and would be made on the disk on which it should be mounted.
  if (rules.requireMountPoint) return refuseNoMountPoint(facts);
  if (isOnLogsDevice(facts.parentDevice, facts, rules)) return refuseSameDevice(facts);
  return { kind: 'begin', isMissing: true };
}

function decideByMarker(facts: DirectoryFacts, rules: DirectoryRules, isFirst: boolean): DirectoryDecision {
  const { marker, directory } = facts;
  switch (marker.kind) {
    case 'missing':
      if (isFirst) return { kind: 'begin', isMissing: false };
      return refuse(
        'no-marker',
        `${directory} is not the mirror that was used before: its marker file is not there.`,
      );
    case 'unreadable':
      if (rules.isNewDrive) return { kind: 'begin', isMissing: false };
      return refuse('marker-unreadable', `The marker file of the mirror cannot be read: ${marker.detail}.`);
    case 'newer':
      return refuse('newer-format', `${marker.error.message}.`);
    case 'found': {
      const { record } = rules;
      // A receiver that lost its own disk finds its mirror again; nothing that lies there is ever overwritten.
      if (isFirst || record.kind !== 'known' || record.id === marker.id)
        return { kind: 'use', id: marker.id };
      const detail = `${directory} is not the mirror that was used before: it is mirror ${marker.id}, not ${record.id}.`;
      return refuse('other-mirror', detail);
    }
    default:
      return marker satisfies never;
  }
}

function isOnLogsDevice(device: number | undefined, facts: DirectoryFacts, rules: DirectoryRules): boolean {
  return !rules.allowSameDevice && device !== undefined && device === facts.logsDevice;
}

function refuse(reason: RefusalReason, detail: string): DirectoryDecision {
  return { kind: 'refuse', reason, detail };
}

function refuseMissing(facts: DirectoryFacts): DirectoryDecision {
  return refuse('missing', `${facts.directory} is not there.`);
}

function refuseNoMountPoint(facts: DirectoryFacts): DirectoryDecision {
  return refuse(
    'no-mount-point',
    `${facts.directory} is not a mount point, and mirror.require_mount_point is set.`,
  );
}

function refuseSameDevice(facts: DirectoryFacts): DirectoryDecision {
  const detail = `${facts.directory} lies on the same device as the live logs, so a broken drive would take both copies.`;
  return refuse('same-device', detail);
}

/** What the administrator can do about a refusal. */
export function hintFor(reason: RefusalReason): string {
  switch (reason) {
    case 'missing':
    case 'no-marker':
    case 'other-mirror':
    case 'marker-unreadable':
      return 'Is the drive mounted? If it is a new drive: fleetkeep-receiver backup now --new-drive';
    case 'no-mount-point':
      return 'Mount the drive there, or point to_directory at the mount point.';
    case 'same-device':
      return 'Point to_directory at another drive, or set mirror.allow_same_device to true.';
    case 'newer-format':
      return 'Install that version again, or a later one; the mirror is as it was.';
    case 'no-directory':
      return 'Point to_directory at a directory.';
    default:
      return reason satisfies never;
  }
}

/** Looks at the mirror's directory and at the device of the live logs. @throws system errors other than `ENOENT`. */
export async function gatherFacts(directory: string, logsRoot: string): Promise<DirectoryFacts> {
  const own = await statOf(directory);
  const parent = await statOf(dirname(directory));
  const isDirectory = own?.isDirectory() === true;
  return {
    directory,
    kind: own === undefined ? 'missing' : isDirectory ? 'directory' : 'no-directory',
    hasParent: parent?.isDirectory() === true,
    device: own?.dev,
    parentDevice: parent?.dev,
    logsDevice: await deviceOf(logsRoot),
    marker: isDirectory ? await readMarker(directory) : { kind: 'missing' },
  };
}

/** The device of a path that may not exist yet: that of the nearest directory above which does. */
async function deviceOf(path: string): Promise<number | undefined> {
  const found = await statOf(path);
  if (found !== undefined) return found.dev;
  const above = dirname(path);
  return above === path ? undefined : await deviceOf(above);
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
