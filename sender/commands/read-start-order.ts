import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { deserialize } from 'node:v8';
import type { StartOrder } from './run-start.ts';

/** To read a command line and a configuration takes a fifth of a second. */
const TIMEOUT_MS = 30_000;

/**
 * Reads what `start` is to do in a process of its own (`start-program.ts`): commander, and what it takes to check every key of the
 * configuration (zod and the schema), are needed once, and would stay in the memory of a program that runs for years. Undefined when
 * that fails, for whatever reason: help was asked for, something is wrong, there is no memory for a process.
 *
 * @param args of the command line, from `start` on
 */
export async function readStartOrder(args: readonly string[]): Promise<StartOrder | undefined> {
  try {
    return deserialize(await runProgram(args)) as StartOrder;
  } catch {
    return undefined;
  }
}

function runProgram(args: readonly string[]): Promise<Buffer> {
  // In the published package the same file is JavaScript.
  const file = import.meta.url.endsWith('.ts') ? './start-program.ts' : './start-program.js';
  const path = fileURLToPath(new URL(file, import.meta.url));
  const limits = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 } as const;
  return new Promise((resolve, reject) => {
    const how = { ...limits, encoding: 'buffer', windowsHide: true } as const;
    execFile(process.execPath, [path, ...args], how, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}
