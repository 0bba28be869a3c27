import { type BusiestProcesses, keepLargest, type ProcessUse } from '../busiest-processes.ts';
import { si } from './si.ts';

/** The processes that use most, as systeminformation sees them. */
export async function readPortableTopProcesses(): Promise<BusiestProcesses> {
  const cpu: ProcessUse[] = [];
  const mem: ProcessUse[] = [];
  for (const { pid, name, cpu: percent, memRss } of (await si.processes()).list) {
    const use = { pid, name, cpu: percent / 100, rss: memRss * 1024 };
    keepLargest(cpu, use, 'cpu');
    keepLargest(mem, use, 'rss');
  }
  return { cpu, mem };
}
