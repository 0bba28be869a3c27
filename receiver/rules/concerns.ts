import { matchesGlob } from '../alerts/glob.ts';
import type { NamedRule } from './rules.ts';

/** Tags by node, as the configuration gives them. */
export type Tags = Readonly<Record<string, readonly string[]>>;

/** Whether a rule concerns a node: by its name, a pattern or a tag; one that names no nodes concerns all. */
export function concerns({ nodes }: NamedRule, node: string, tags: Tags): boolean {
  if (nodes.length === 0) return true;
  const own = Object.hasOwn(tags, node) ? tags[node] : undefined;
  return nodes.some((pattern) =>
    pattern.startsWith('tag:') ? own?.includes(pattern.slice(4)) === true : matchesGlob(pattern, node),
  );
}
