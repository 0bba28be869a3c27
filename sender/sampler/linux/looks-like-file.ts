import type { Mount } from './parse-mountinfo.ts';

/** Files that container engines and administrators mount one by one from the host's disk. */
const USUAL_FILES = new Set(
  [
    'hosts',
    'hostname',
    'resolv.conf',
    'localtime',
    'timezone',
    'machine-id',
    'passwd',
    'group',
    'shadow',
    'mtab',
  ].map((name) => `/etc/${name}`),
);

const EXTENSION =
  /\.(?:json|ya?ml|toml|conf|cfg|cnf|ini|env|properties|xml|txt|md|html?|sh|py|js|php|sql|sock|socket|pid|lock|pem|crt|cer|key|pub|db|sqlite3?|log|list|repo|img|iso|so(?:\.\d+)*)$/;

/**
 * Whether a mount point is a file, judged by names: only part of a file system can be one. For
 * where the mount point itself cannot be looked at.
 */
export function looksLikeFile({ root, mountPoint }: Mount): boolean {
  if (root === '/') return false;
  return USUAL_FILES.has(mountPoint) || EXTENSION.test(mountPoint);
}
