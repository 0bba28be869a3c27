import { execFile } from 'node:child_process';
import { arch, hostname, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readBootId } from '../../shared/files/boot-id.ts';
import { MAX_LINE_BYTES } from './encode-sample.ts';

/** Options of {@link readInventory}. */
export interface InventoryOptions {
  /** After this the program that reads it is ended and what the runtime knows itself must do, ms; default 60 000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads what this machine is made of, as a line of the log without `\n`: hardware, operating system, disks, network, sensors,
 * host name and boot id. Takes about a second and never rejects, except when aborted.
 *
 * A process of its own does it (`inventory-program.ts`), once an hour: systeminformation stays in memory when it was
 * loaded once, more than the rest of the sender takes, and some of its calls stop the event loop, so samples would be
 * late.
 *
 * @param atMs the time the line shall carry, ms since 1970
 */
export async function readInventory(atMs: number, options: InventoryOptions = {}): Promise<string> {
  const known = { host: hostname(), boot: readBootId() };
  const found = await runProgram(options);
  const base = {
    os: { platform: platform(), kernel: release(), arch: arch() },
    memory: { total: totalmem() },
  };
  const t = new Date(atMs).toISOString();
  const line = JSON.stringify({ t, inventory: { ...known, ...base, ...found } });
  if (Buffer.byteLength(line) <= MAX_LINE_BYTES) return line;
  return JSON.stringify({ t, inventory: { ...known, ...base, cut: Object.keys(found) } });
}

function runProgram({ timeoutMs = 60_000, signal }: InventoryOptions): Promise<object> {
  // In the published package the same file is JavaScript.
  const file = import.meta.url.endsWith('.ts') ? './inventory-program.ts' : './inventory-program.js';
  const path = fileURLToPath(new URL(file, import.meta.url));
  const limits = {
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 1024 * 1024,
    windowsHide: true,
  } as const;
  return new Promise((resolve, reject) => {
    // A program that was ended because one of its own children hung may have told everything before.
    execFile(process.execPath, [path], { ...limits, ...(signal && { signal }) }, (_, stdout) => {
      if (signal?.aborted) reject(signal.reason);
      else resolve(parseObject(stdout));
    });
  });
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
