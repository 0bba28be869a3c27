import { stat } from 'node:fs/promises';
import type { Config } from '../shared/config/config.ts';
import { type LoadConfigOptions, loadConfig } from '../shared/config/load.ts';
import type { Logger } from '../shared/logging/logger.ts';
import { type Every, every } from '../shared/time/every.ts';

/** Options of {@link watchConfig}. */
export interface WatchConfigOptions {
  /** How the configuration was loaded; it is loaded again in the same way. */
  readonly load: LoadConfigOptions;
  /** The file that is watched. */
  readonly path: string;
  readonly onChange: (config: Config) => void;
  readonly log: Logger;
}

const LOOK_MS = 500;

/** Looks at config.json twice a second and loads it again when it was changed. A wrong one is told of, and the old one stays. */
export function watchConfig(options: WatchConfigOptions): Every {
  const { path, log } = options;
  let seen: string | undefined;
  return every(
    async () => {
      const { mtimeNs, size, ino } = await stat(path, { bigint: true });
      const version = `${mtimeNs} ${size} ${ino}`;
      const isFirst = seen === undefined;
      if (version === seen) return;
      seen = version;
      if (!isFirst) options.onChange((await loadConfig(options.load)).config);
    },
    {
      intervalMs: LOOK_MS,
      onError: (err) =>
        log.error({ err, path }, 'config.json was changed and cannot be used; the old one stays'),
    },
  );
}
