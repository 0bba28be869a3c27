import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { LoadConfigOptions, LoadedConfig } from '../../shared/config/load.ts';

/** A configuration takes a tenth of a second to load. */
const TIMEOUT_MS = 30_000;

/**
 * Loads the configuration in a process of its own (`config-program.ts`): what it takes to check every key (zod and the schema) would
 * otherwise stay in the memory of a program that needs it once and runs for years. When that fails, for whatever reason, it is loaded
 * here after all.
 *
 * @throws UsageError `CONFIG_INVALID`, as `loadConfig` does
 */
export async function loadConfigApart(options: LoadConfigOptions): Promise<LoadedConfig> {
  try {
    return deserialize(await runProgram(serialize(options))) as LoadedConfig;
  } catch {
    const { loadConfig } = await import('../../shared/config/load.ts');
    return await loadConfig(options);
  }
}

function runProgram(input: Buffer): Promise<Buffer> {
  // In the published package the same file is JavaScript.
  const file = import.meta.url.endsWith('.ts') ? './config-program.ts' : './config-program.js';
  const path = fileURLToPath(new URL(file, import.meta.url));
  const limits = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 } as const;
  return new Promise((resolve, reject) => {
    const how = { ...limits, encoding: 'buffer', windowsHide: true } as const;
    const program = execFile(process.execPath, [path], how, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
    // One that ends before it has read anything is told of above.
    program.stdin?.on('error', () => undefined);
    program.stdin?.end(input);
  });
}
