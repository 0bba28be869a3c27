import { isCelsius, isFilesystemSize, isMemorySize } from '../../../shared/sample/limits.ts';
import type { Row, Sample } from '../../../shared/sample/sample.ts';
import { round, row } from '../round.ts';
import { si } from './si.ts';

/** Part of a sample. */
export type SamplePart = Partial<Sample>;

/** Asks for one part; starts processes on most platforms, and may hang. */
type ReadPart = () => Promise<SamplePart>;

/** Parts that change quickly and cost little. */
export const QUICK_PARTS: Readonly<Record<string, ReadPart>> = { memory, interfaces, disks };

/** Parts that change slowly or cost much. */
export const COSTLY_PARTS: Readonly<Record<string, ReadPart>> = {
  filesystems,
  temperature,
  processes,
  openFiles,
};

async function memory(): Promise<SamplePart> {
  const { total, available, buffcache, swaptotal, swapused } = await si.mem();
  const isMemory = total > 0 && isMemorySize(total) && available >= 0 && available <= total;
  const isSwap = isMemorySize(swaptotal) && swapused >= 0 && swapused <= swaptotal;
  return {
    mem: isMemory ? { total, avail: available, cache: Math.min(buffcache, total) } : undefined,
    swap: isSwap ? { total: swaptotal, used: swapused } : undefined,
  };
}

async function interfaces(): Promise<SamplePart> {
  const net = emptyRecord<Row>();
  for (const one of await si.networkStats('*')) {
    if (one.iface === 'lo' || one.iface === 'lo0' || one.rx_bytes + one.tx_bytes === 0) continue;
    // Packets are not told; bytes, errors and drops are.
    net[one.iface] = row(
      [one.rx_bytes, one.tx_bytes, 0, 0, one.rx_errors, one.tx_errors, one.rx_dropped, one.tx_dropped],
      0,
    );
  }
  return { net };
}

// All disks together; Windows does not tell.
async function disks(): Promise<SamplePart> {
  // Null on Windows, against the package's own types.
  const bytes: { readonly rx: number; readonly wx: number } | null = await si.fsStats();
  const operations: { readonly rIO: number; readonly wIO: number } | null = await si.disksIO();
  if (bytes === null || operations === null) return {};
  const disk = emptyRecord<Row>();
  disk['all'] = row([bytes.rx, bytes.wx, operations.rIO, operations.wIO], 0);
  return { disk };
}

async function filesystems(): Promise<SamplePart> {
  const fs = emptyRecord<Row>();
  const ro: string[] = [];
  for (const { mount, size, used, available, rw } of await si.fsSize()) {
    if (!isFilesystemSize(size) || !(used >= 0 && available >= 0 && used <= size)) continue;
    fs[mount] = row([used, available, Math.max(0, size - used - available)], 0);
    if (rw === false) ro.push(mount);
  }
  return { fs, ro };
}

async function temperature(): Promise<SamplePart> {
  const { main } = await si.cpuTemperature();
  return typeof main === 'number' && isCelsius(main) ? { temp: { cpu: round(main, 1) } } : {};
}

async function processes(): Promise<SamplePart> {
  const { all, running, blocked } = await si.processes();
  return { proc: { n: all, run: running, blocked } };
}

async function openFiles(): Promise<SamplePart> {
  const [answer]: readonly { readonly allocated: number; readonly max: number }[] = [
    await si.fsOpenFiles(),
  ].flat();
  if (answer === undefined || !(answer.allocated > 0)) return {};
  return { fd: { used: answer.allocated, max: Number.isSafeInteger(answer.max) ? answer.max : undefined } };
}

function emptyRecord<Value>(): Record<string, Value> {
  return Object.create(null);
}
