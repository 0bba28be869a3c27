import { hostname, totalmem } from 'node:os';
import t from 'tap';
import { readInventory } from '../../../sender/sampler/inventory.ts';
import { readBootId } from '../../../shared/files/boot-id.ts';
import { parseLine } from './lay-out-machine.ts';

await t.test('the inventory names this machine', async (t) => {
  const line = await readInventory(Date.parse('2026-11-20T22:00:00.000Z'));
  t.ok(line.startsWith('{"t":"2026-11-20T22:00:00.000Z","inventory":{"host":'));
  t.notOk(line.includes('\n'));
  const { inventory } = parseLine(line);
  t.equal(inventory.host, hostname());
  t.equal(inventory.boot, readBootId());
  t.equal(inventory.os.platform, process.platform);
  t.equal(inventory.memory.total, totalmem());
  t.ok(inventory.cpu.cores > 0);
});

await t.test('when nothing can be found out in time, what the runtime knows is told', async (t) => {
  const { inventory } = parseLine(await readInventory(0, { timeoutMs: 1 }));
  t.match(inventory, { host: hostname(), boot: readBootId(), memory: { total: totalmem() } });
  t.notOk('cpu' in inventory);
});

await t.test('an inventory that is no longer wanted is given up', async (t) => {
  const abort = new AbortController();
  const reading = readInventory(0, { signal: abort.signal });
  abort.abort(new Error('stopping'));
  await t.rejects(reading, { message: 'stopping' });
});
