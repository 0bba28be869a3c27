/**
 * What a sample costs: CPU time of the process (user and kernel) for each sample, busiest processes and inventory apart.
 *
 *     node bench/sampler.ts [samples]
 */
import { argv, cpuUsage, memoryUsage, stdout } from 'node:process';
import { startSampler } from '../sender/sampler/sampler.ts';
import { startTopProcesses } from '../sender/sampler/top-processes.ts';

const samples = Number(argv[2] ?? 2000);

async function measure(what: string, times: number, run: () => string | Promise<string>): Promise<void> {
  for (let i = 0; i < times / 10; i++) await run();
  const before = cpuUsage();
  let bytes = 0;
  for (let i = 0; i < times; i++) bytes += Buffer.byteLength(await run());
  const { user, system } = cpuUsage(before);
  const each = (micros: number) => (micros / times).toFixed(0);
  stdout.write(
    `${what}: ${each(user + system)} µs of CPU (user ${each(user)}, kernel ${each(system)}), ${each(bytes)} bytes\n`,
  );
}

await using sampler = await startSampler();
await measure('sample', samples, () => sampler.sample(Date.now()));
const top = await startTopProcesses();
await measure('busiest processes', 50, () => top.read(Date.now()));
stdout.write(`memory: ${(memoryUsage.rss() / 1024 / 1024).toFixed(1)} MiB resident\n`);
