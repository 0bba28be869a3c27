/** Where a mount stands in the mount table. */
export interface Place {
  readonly id: string;
  /** The mount that it is mounted on. */
  readonly parent: string;
  readonly mountPoint: string;
}

/**
 * Leaves out mounts that no path leads to, because something was mounted over a directory above
 * them: `/mnt/disk` after a later mount at `/mnt`. To ask for the space at such a path is to ask
 * another file system. What is mounted over the mount point itself stays in the table.
 *
 * @param places in the order of the mount table
 */
export function withoutHidden<Entry extends Place>(places: readonly Entry[]): Entry[] {
  const lastAt = new Map(places.map(({ parent, mountPoint }, index) => [`${parent} ${mountPoint}`, index]));
  const hidden = new Set<string>();
  return places.filter(({ id, parent, mountPoint }, index) => {
    const isCovered = directoriesAbove(mountPoint).some(
      (directory) => (lastAt.get(`${parent} ${directory}`) ?? -1) > index,
    );
    if (!isCovered && (id === parent || !hidden.has(parent))) return true;
    hidden.add(id);
    return false;
  });
}

/** `/a` and `/a/b` of `/a/b/c`. Nothing is mounted over `/` while a machine runs. */
function directoriesAbove(path: string): string[] {
  const names = path.split('/');
  return names.slice(2).map((_, index) => names.slice(0, index + 2).join('/'));
}
