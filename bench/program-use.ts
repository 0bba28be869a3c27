import { readdirSync, readFileSync } from 'node:fs';

/** User and system time that a process has used so far, seconds. From /proc/PID/stat, in ticks of 10 ms. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Time that the main thread of a process has run so far, ms; exact, from /proc/PID/schedstat. */
export function mainThreadMs(pid: number): number {
  return runMs(`/proc/${pid}`);
}

/** The same of all threads that it has now: for little that is measured for long, where the ticks of {@link cpuSeconds} are too coarse. */
export function allThreadsMs(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.reduce((sum, task) => sum + runMs(`/proc/${pid}/task/${task}`), 0);
}

function runMs(directory: string): number {
  return Number(readFileSync(`${directory}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** Memory of a process, MiB: all that is resident, and what no other process shares. */
export function memoryMib(pid: number): { readonly rss: number; readonly private: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { rss: kib('Rss') / 1024, private: (kib('Private_Dirty') + kib('Private_Clean')) / 1024 };
}
