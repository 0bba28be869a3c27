import { stat } from 'node:fs/promises';
import { changedKeys } from '../shared/config/changed-keys.ts';
import type { Config } from '../shared/config/config.ts';
import { type LoadConfigOptions, loadConfig } from '../shared/config/load.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { every } from '../shared/time/every.ts';

/** What can change while the receiver runs, each with what makes it so. */
export type LiveKeys = Readonly<Record<string, (config: Config) => void>>;

/** Options of {@link startLiveConfig}. */
export interface LiveConfigOptions {
  /** What the receiver was started with. */
  readonly config: Config;
  /** How it was loaded; it is loaded again in the same way. */
  readonly load: LoadConfigOptions;
  /** The file; undefined when there is none, and nothing to watch. */
  readonly path: string | undefined;
  readonly live: LiveKeys;
  readonly log: Logger;
}

/** What came of loading config.json again, as `reload` prints it. Dotted keys. */
export interface Reloaded {
  /** What has changed and holds from now on. */
  readonly applied: readonly string[];
  /** What stands otherwise in the file, and holds after a restart. */
  readonly waiting: readonly string[];
}

/** The configuration of a running receiver. */
export interface LiveConfig extends AsyncDisposable {
  /** Loads config.json again. @throws UsageError `CONFIG_INVALID` when it is wrong; everything then stays as it was */
  reload(): Promise<Reloaded>;
}

const LOOK_MS = 500;

/** Looks at config.json twice a second, and takes over what can change without a restart. No connection is dropped for it. */
export function startLiveConfig({ config, load, path, live, log }: LiveConfigOptions): LiveConfig {
  let known = config;
  let seen: string | undefined;

  async function reload(): Promise<Reloaded> {
    const next = (await loadConfig(load)).config;
    const changed = changedKeys(known, next);
    const applied = changed.filter((key) => Object.hasOwn(live, key));
    for (const key of applied) live[key]?.(next);
    known = next;
    const waiting = changedKeys(config, next).filter((key) => !Object.hasOwn(live, key));
    if (applied.length > 0) log.info({ applied }, 'config.json was changed, and holds from now on');
    if (waiting.length > 0)
      log.warn({ waiting }, 'config.json was changed; restart the receiver for these keys');
    return { applied, waiting };
  }

  const watching = every(
    async () => {
      if (path === undefined) return;
      const { mtimeNs, size, ino } = await stat(path, { bigint: true });
      const version = `${mtimeNs} ${size} ${ino}`;
      const isFirst = seen === undefined;
      if (version === seen) return;
      seen = version;
      if (!isFirst) await reload();
    },
    {
      intervalMs: LOOK_MS,
      onError: (err) =>
        log.error({ err, path }, 'config.json was changed and cannot be used; the old one stays'),
    },
  );

  return { reload, [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose]() };
}
