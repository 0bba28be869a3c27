const SIZE = /^size +4 +(\d{1,15})$/m;
const LEAST = /^c_min +4 +(\d{1,15})$/m;

/**
 * Reads `/proc/spl/kstat/zfs/arcstats`: bytes of the cache of ZFS that it gives back when programs
 * want them, which is all above the least that it keeps (`size - c_min`, never negative). Undefined
 * when it is something else.
 */
export function parseArcstats(bytes: Buffer): number | undefined {
  const text = bytes.toString('latin1');
  const size = SIZE.exec(text)?.[1];
  const least = LEAST.exec(text)?.[1];
  return size === undefined || least === undefined ? undefined : Math.max(0, Number(size) - Number(least));
}
