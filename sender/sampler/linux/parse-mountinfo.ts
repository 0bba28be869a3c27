import { isUtf8 } from 'node:buffer';
import { withoutHidden } from './without-hidden.ts';

/** A mounted file system. */
export interface Mount {
  /** For people and for the log: a byte that is not UTF-8 stands there as `\xNN`. */
  readonly mountPoint: string;
  /** For system calls, where the mount point is not UTF-8. */
  readonly rawMountPoint?: Buffer;
  /** `major:minor` of the file system's device; the same for every mount of it. */
  readonly device: string;
  /** What of the file system is mounted here; `/` is all of it. */
  readonly root: string;
  readonly type: string;
  /** What was mounted, often a path below `/dev`. */
  readonly source: string;
  /** Whether nobody on the machine can write to it, see {@link parseMountinfo}. */
  readonly isReadOnly: boolean;
}

/**
 * Reads `/proc/self/mountinfo`, without mounts that no path leads to; lines that are something else
 * are passed over.
 * See proc_pid_mountinfo(5): `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`.
 *
 * A mount is read-only when its file system is (the options behind the type, which also say so after
 * `errors=remount-ro`), or when the mount itself is in the host's table. The options of a mount in the table of this
 * process say nothing: systemd's `ProtectSystem=strict` mounts everything read-only for the sender alone.
 *
 * @param hostTable `/proc/1/mountinfo`; without it the options of single mounts are not known
 */
export function parseMountinfo(table: Buffer | string, hostTable?: Buffer | undefined): Mount[] {
  const isReadOnlyOnHost = readHostTable(hostTable);
  const mounts: Mount[] = [];
  for (const entry of withoutHidden(readTable(table))) {
    const name = decodeName(entry.mountPoint);
    mounts.push({
      mountPoint: name.text,
      ...(name.raw && { rawMountPoint: name.raw }),
      device: entry.device,
      root: decodeName(entry.root).text,
      type: entry.type,
      source: decodeName(entry.source).text,
      isReadOnly: isReadOnly(entry.superOptions) || isReadOnlyOnHost.get(keyOf(entry)) === true,
    });
  }
  return mounts;
}

/** A line as it stands there, bytes as characters. */
interface Entry {
  readonly id: string;
  readonly parent: string;
  readonly device: string;
  readonly root: string;
  readonly mountPoint: string;
  readonly options: string;
  readonly type: string;
  readonly source: string;
  readonly superOptions: string;
}

function readTable(table: Buffer | string): Entry[] {
  const bytes = typeof table === 'string' ? Buffer.from(table) : table;
  return bytes.toString('latin1').split('\n').flatMap(readEntry);
}

function readEntry(line: string): Entry[] {
  const fields = line.split(' ');
  const separator = fields.indexOf('-', 6);
  const [id, parent, device, root, mountPoint, options] = fields;
  const [type, source, superOptions = ''] = separator === -1 ? [] : fields.slice(separator + 1);
  if (!id || !parent || !device || !root || !mountPoint || !options || !type || !source) return [];
  return [{ id, parent, device, root, mountPoint, options, type, source, superOptions }];
}

/** By mount, whether the host mounts it read-only. Of several mounts at one place the last one is seen. */
function readHostTable(table: Buffer | undefined): ReadonlyMap<string, boolean> {
  if (table === undefined) return new Map();
  return new Map(readTable(table).map((entry) => [keyOf(entry), isReadOnly(entry.options)]));
}

function keyOf({ device, root, mountPoint }: Entry): string {
  return `${device} ${root} ${mountPoint}`;
}

function isReadOnly(options: string): boolean {
  return /(?:^|,)(?:ro|emergency_ro)(?:,|$)/.test(options);
}

/** Space, tab, newline and backslash stand there as `\040`, `\011`, `\012` and `\134`. */
function decodeName(field: string): { readonly text: string; readonly raw?: Buffer } {
  const bytes = Buffer.from(
    field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    'latin1',
  );
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { text: escapeBytes(bytes), raw: bytes };
}

/** Bytes as text: what is UTF-8 as it is, every other byte as `\xNN`. */
function escapeBytes(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => isUtf8(bytes.subarray(at, at + count)));
    const piece = bytes.subarray(at, at + (length ?? 1));
    text += length === undefined ? `\\x${piece.toString('hex')}` : piece.toString('utf8');
    at += piece.length;
  }
  return text;
}
