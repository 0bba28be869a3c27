import { stat } from 'node:fs/promises';
import { changedKeys } from '../shared/config/changed-keys.ts';
import type { Config } from '../shared/config/config.ts';
import { type LoadConfigOptions, loadConfig } from '../shared/config/load.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { every } from '../shared/time/every.ts';

/** A group of keys that can change while the receiver runs. */
export interface LiveGroup {
  /** Dotted keys, each with all below it. */
  readonly keys: readonly string[];
  /** Lays the group's part of `next` over the configuration that runs. */
  readonly merge: (running: Config, next: Config) => Config;
  /** Whether something else than config.json decides about it at present; {@link apply} is called all the same. */
  readonly isOverridden?: (() => boolean) | undefined;
  /** Makes it so. @throws UserError when it cannot be; everything is then as before */
  readonly apply: (config: Config) => void | Promise<void>;
}

/** Options of {@link startLiveConfig}. */
export interface LiveConfigOptions {
  /** What the receiver was started with. */
  readonly config: Config;
  /** How it was loaded; it is loaded again in the same way. */
  readonly load: LoadConfigOptions;
  /** The file; undefined when there is none, and nothing to watch. */
  readonly path: string | undefined;
  readonly groups: readonly LiveGroup[];
  readonly log: Logger;
}

/** What came of loading config.json again, as `reload` prints it. Dotted keys. */
export interface Reloaded {
  /** What has changed and holds from now on. */
  readonly applied: readonly string[];
  /** What has changed in the file, and does not hold, since it was set on the web page. */
  readonly overridden: readonly string[];
  /** What stands otherwise in the file, and holds after a restart. */
  readonly waiting: readonly string[];
}

/** The configuration of a running receiver. */
export interface LiveConfig extends AsyncDisposable {
  /** What holds at present. */
  readonly config: Config;
  /** Loads config.json again. @throws UserError when it is wrong or cannot be used; what it would have changed stays as it was */
  reload(): Promise<Reloaded>;
}

const LOOK_MS = 500;

/** Looks at config.json twice a second, and takes over what can change without a restart. No connection is dropped for it. */
export function startLiveConfig({ config, load, path, groups, log }: LiveConfigOptions): LiveConfig {
  let running = config;
  let seen: string | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function takeOver(): Promise<Reloaded> {
    const next = (await loadConfig(load)).config;
    const changed = changedKeys(running, next);
    const applied: string[] = [];
    const overridden: string[] = [];
    for (const group of groups) {
      const keys = changed.filter((key) => group.keys.some((prefix) => isWithin(key, prefix)));
      if (keys.length === 0) continue;
      const merged = group.merge(running, next);
      await group.apply(merged);
      running = merged;
      (group.isOverridden?.() === true ? overridden : applied).push(...keys);
    }
    const waiting = changedKeys(running, next);
    if (applied.length > 0) log.info({ applied }, 'config.json was changed, and holds from now on');
    if (overridden.length > 0)
      log.warn(
        { overridden },
        'config.json was changed, but what was set on the web page holds until it is reset',
      );
    if (waiting.length > 0)
      log.warn({ waiting }, 'config.json was changed; restart the receiver for these keys');
    return { applied: applied.sort(), overridden: overridden.sort(), waiting };
  }

  /** One after the other: the command, the signal and the look at the file may come at once. */
  function reload(): Promise<Reloaded> {
    const reloaded = turn.then(takeOver);
    turn = reloaded.catch(() => undefined);
    return reloaded;
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

  return {
    get config() {
      return running;
    },
    reload,
    async [Symbol.asyncDispose]() {
      await watching[Symbol.asyncDispose]();
      await turn;
    },
  };
}

function isWithin(key: string, prefix: string): boolean {
  return key === prefix || key.startsWith(`${prefix}.`);
}
