import { isCelsius, isFanSpeed } from '../../../shared/sample/limits.ts';
import { CPU_MODES } from '../../../shared/sample/sample.ts';
import { counterAt, groupOf, numberOf } from '../../history/read-values.ts';
import { stackedOf } from '../../history/stacked-of.ts';
import type { MetricsText } from './metrics-text.ts';

/** What node_exporter calls the modes of a CPU. */
const MODES: Readonly<Partial<Record<(typeof CPU_MODES)[number], string>>> = { interrupt: 'irq' };

const DISK_COUNTERS = [
  ['node_disk_read_bytes_total', 'Bytes read.'],
  ['node_disk_written_bytes_total', 'Bytes written.'],
  ['node_disk_reads_completed_total', 'Operations read.'],
  ['node_disk_writes_completed_total', 'Operations written.'],
  ['node_disk_read_time_seconds_total', 'Seconds reading.'],
  ['node_disk_write_time_seconds_total', 'Seconds writing.'],
  ['node_disk_io_time_seconds_total', 'Seconds busy.'],
] as const;

const NET_COUNTERS = [
  ['node_network_receive_bytes_total', 'Bytes received.'],
  ['node_network_transmit_bytes_total', 'Bytes sent.'],
  ['node_network_receive_packets_total', 'Packets received.'],
  ['node_network_transmit_packets_total', 'Packets sent.'],
  ['node_network_receive_errs_total', 'Errors receiving.'],
  ['node_network_transmit_errs_total', 'Errors sending.'],
  ['node_network_receive_drop_total', 'Packets dropped on receiving.'],
  ['node_network_transmit_drop_total', 'Packets dropped on sending.'],
] as const;

type Sample = Readonly<Record<string, unknown>>;

/** Adds what a node's newest sample says, under the names that node_exporter gives it, so that its dashboards work. */
export function addNodeMetrics(text: MetricsText, node: string, sample: Sample): void {
  const atMs = Date.parse(String(sample['t']));
  const up = numberOf(sample['up']);
  gauge(text, 'node_time_seconds', 'Time of the newest sample.', { node }, atMs / 1000);
  gauge(
    text,
    'node_boot_time_seconds',
    'When the node was booted.',
    { node },
    up && Math.round(atMs / 1000 - up),
  );
  addCpu(text, node, sample);
  addMemory(text, node, sample);
  addRows(text, node, groupOf(sample['disk']), DISK_COUNTERS);
  addRows(text, node, groupOf(sample['net']), NET_COUNTERS);
  addStacked(text, node, sample);
  addFilesystems(text, node, sample);
  addSensors(text, node, sample);
  addRest(text, node, sample);
}

function addCpu(text: MetricsText, node: string, sample: Sample): void {
  const time = groupOf(sample['cpu'])?.['time'];
  if (Array.isArray(time)) {
    CPU_MODES.forEach((mode, index) => {
      const labels = { node, cpu: 'all', mode: MODES[mode] ?? mode };
      counter(
        text,
        'node_cpu_seconds_total',
        'Seconds of all CPUs in each mode.',
        labels,
        counterAt(time, index),
      );
    });
  }
  gauge(text, 'node_cpu_online', 'CPUs that are online.', { node }, groupOf(sample['cpu'])?.['n']);
  const load = sample['load'];
  if (!Array.isArray(load)) return;
  for (const [index, name] of ['node_load1', 'node_load5', 'node_load15'].entries()) {
    gauge(text, name, 'Load average.', { node }, load[index] ?? 0);
  }
}

function addMemory(text: MetricsText, node: string, sample: Sample): void {
  const mem = groupOf(sample['mem']);
  const swap = groupOf(sample['swap']);
  const [total, used] = [numberOf(swap?.['total']), numberOf(swap?.['used'])];
  const [memTotal, avail] = [numberOf(mem?.['total']), numberOf(mem?.['avail'])];
  // Older senders passed on what the host of a container has.
  const isPossible = memTotal !== undefined && avail !== undefined && avail <= memTotal;
  gauge(text, 'node_memory_MemTotal_bytes', 'Memory.', { node }, memTotal);
  gauge(
    text,
    'node_memory_MemAvailable_bytes',
    'Memory that programs could have.',
    { node },
    isPossible ? avail : undefined,
  );
  gauge(text, 'node_memory_Cached_bytes', 'Memory for buffers and caches.', { node }, mem?.['cache']);
  gauge(text, 'node_memory_SwapTotal_bytes', 'Swap space.', { node }, total);
  const free = total === undefined || used === undefined || used > total ? undefined : total - used;
  gauge(text, 'node_memory_SwapFree_bytes', 'Swap space that is free.', { node }, free);
  const paging = sample['paging'];
  if (Array.isArray(paging)) {
    counter(text, 'node_vmstat_pswpin_total', 'Pages swapped in.', { node }, counterAt(paging, 0));
    counter(text, 'node_vmstat_pswpout_total', 'Pages swapped out.', { node }, counterAt(paging, 1));
    counter(text, 'node_vmstat_pgmajfault_total', 'Major page faults.', { node }, counterAt(paging, 2));
  }
  const psi = groupOf(sample['psi']);
  for (const [key, name] of [
    ['cpu', 'cpu'],
    ['mem', 'memory'],
    ['io', 'io'],
  ] as const) {
    const row = psi?.[key];
    if (!Array.isArray(row)) continue;
    counter(
      text,
      `node_pressure_${name}_waiting_seconds_total`,
      'Seconds some tasks waited.',
      { node },
      counterAt(row, 0),
    );
    if (key === 'cpu') continue;
    counter(
      text,
      `node_pressure_${name}_stalled_seconds_total`,
      'Seconds all tasks waited.',
      { node },
      counterAt(row, 1),
    );
  }
}

function addRows(
  text: MetricsText,
  node: string,
  rows: Sample | undefined,
  names: readonly (readonly [name: string, help: string])[],
): void {
  for (const [device, row] of Object.entries(rows ?? {})) {
    if (!Array.isArray(row)) continue;
    for (const [index, [name, help]] of names.entries()) {
      counter(text, name, help, { node, device }, counterAt(row, index));
    }
  }
}

/** For sums: what passes these also passes other devices of the node. */
function addStacked(text: MetricsText, node: string, sample: Sample): void {
  for (const group of ['net', 'disk'] as const) {
    const help = 'Devices that stand on others, so that a sum must leave them out.';
    for (const device of stackedOf(sample, group)) {
      text.add('fleetkeep_device_stacked', 'gauge', help, { node, group, device: String(device) }, 1);
    }
  }
}

function addFilesystems(text: MetricsText, node: string, sample: Sample): void {
  const readOnly = Array.isArray(sample['ro']) ? sample['ro'] : [];
  for (const [mountpoint, row] of Object.entries(groupOf(sample['fs']) ?? {})) {
    if (!Array.isArray(row)) continue;
    const [used, free, reserved] = [0, 1, 2].map((index) => numberOf(row[index] ?? 0) ?? Number.NaN);
    const labels = { node, mountpoint };
    const size = (used ?? Number.NaN) + (free ?? Number.NaN) + (reserved ?? Number.NaN);
    gauge(text, 'node_filesystem_size_bytes', 'Size.', labels, size);
    gauge(text, 'node_filesystem_avail_bytes', 'Free for everybody.', labels, free);
    gauge(
      text,
      'node_filesystem_free_bytes',
      'Free for root.',
      labels,
      (free ?? Number.NaN) + (reserved ?? Number.NaN),
    );
    gauge(
      text,
      'node_filesystem_readonly',
      'Whether it is mounted read-only.',
      labels,
      Number(readOnly.includes(mountpoint)),
    );
    gauge(text, 'fleetkeep_filesystem_inodes_used_ratio', 'Share of inodes used.', labels, row[3] ?? 0);
  }
}

function addSensors(text: MetricsText, node: string, sample: Sample): void {
  for (const [sensor, value] of Object.entries(groupOf(sample['temp']) ?? {})) {
    if (!isCelsius(numberOf(value) ?? Number.NaN)) continue;
    gauge(text, 'node_hwmon_temp_celsius', 'Temperature.', { node, sensor }, value);
  }
  for (const [sensor, value] of Object.entries(groupOf(sample['fan']) ?? {})) {
    if (!isFanSpeed(numberOf(value) ?? Number.NaN)) continue;
    gauge(text, 'node_hwmon_fan_rpm', 'Fan.', { node, sensor }, value);
  }
}

function addRest(text: MetricsText, node: string, sample: Sample): void {
  const processes = groupOf(sample['proc']);
  gauge(text, 'node_procs_running', 'Threads that run or wait for a CPU.', { node }, processes?.['run']);
  gauge(text, 'node_procs_blocked', 'Threads that wait for a disk.', { node }, processes?.['blocked']);
  gauge(text, 'node_processes_pids', 'Processes.', { node }, processes?.['n']);
  gauge(text, 'node_processes_threads', 'Threads.', { node }, processes?.['threads']);
  const files = groupOf(sample['fd']);
  gauge(text, 'node_filefd_allocated', 'Open files.', { node }, files?.['used']);
  gauge(text, 'node_filefd_maximum', 'Open files at most.', { node }, files?.['max']);
}

function gauge(
  text: MetricsText,
  name: string,
  help: string,
  labels: Record<string, string>,
  value: unknown,
): void {
  text.add(name, 'gauge', help, labels, numberOf(value));
}

function counter(
  text: MetricsText,
  name: string,
  help: string,
  labels: Record<string, string>,
  value: unknown,
): void {
  text.add(name, 'counter', help, labels, numberOf(value));
}
