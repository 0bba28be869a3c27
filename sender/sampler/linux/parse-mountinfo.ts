/** A mounted file system. */
export interface Mount {
  readonly mountPoint: string;
  /** `major:minor` of the file system's device; the same for every mount of it. */
  readonly device: string;
  /** What of the file system is mounted here; `/` is all of it. */
  readonly root: string;
  readonly type: string;
  /** What was mounted, often a path below `/dev`. */
  readonly source: string;
  readonly isReadOnly: boolean;
}

/**
 * Reads `/proc/self/mountinfo`; lines that are something else are passed over.
 * See proc_pid_mountinfo(5): `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`.
 */
export function parseMountinfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    const separator = fields.indexOf('-', 6);
    const [, , device, root, mountPoint, options] = fields;
    const [type, source, superOptions] = separator === -1 ? [] : fields.slice(separator + 1);
    if (!device || !root || !mountPoint || !options || !type || !source) continue;
    mounts.push({
      mountPoint: unescapeOctal(mountPoint),
      device,
      root: unescapeOctal(root),
      type,
      source: unescapeOctal(source),
      isReadOnly: isReadOnly(options) || isReadOnly(superOptions ?? ''),
    });
  }
  return mounts;
}

function isReadOnly(options: string): boolean {
  return /(?:^|,)(?:ro|emergency_ro)(?:,|$)/.test(options);
}

/** Space, tab, newline and backslash stand there as `\040`, `\011`, `\012` and `\134`. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
