import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Notes every module that a process loads in a file of the process's own. */
const HOOK = `
  import { appendFileSync } from 'node:fs';
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      appendFileSync(process.env.LOADED_BY + process.pid, url + '\\n');
      return next(url, context);
    },
  });
`;

/** Which modules programs load while they run. */
export interface LoadedModules {
  /** The environment of a program that is to be watched. */
  readonly env: NodeJS.ProcessEnv;
  /** The URLs of what a process has loaded, its threads included, in order; @throws Error when it was not watched. */
  of(pid: number | undefined): readonly string[];
}

/** Prepares to watch what programs load; what it needs for that lies below a directory. */
export function watchLoadedModules(directory: string): LoadedModules {
  mkdirSync(directory);
  const hook = join(directory, 'hook.mjs');
  const prefix = join(directory, 'loaded-by-');
  writeFileSync(hook, HOOK);
  return {
    env: { NODE_OPTIONS: `--import ${pathToFileURL(hook).href}`, LOADED_BY: prefix },
    of: (pid) => readFileSync(`${prefix}${pid}`, 'utf8').split('\n').filter(Boolean),
  };
}
