/**
 * A program, not a module: prints what this machine is made of as one JSON object, and ends. Started by `inventory.ts`, see
 * there for why. What cannot be found out is left out.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { findSensors } from './linux/find-sensors.ts';
import { si } from './portable/si.ts';

/** How long one question may take, ms. */
const QUESTION_MS = 10_000;

/** The parts of an inventory: for each, the question and what of its answer is kept. */
const QUESTIONS: Readonly<Record<string, () => Promise<unknown>>> = {
  system: async () =>
    pick(await si.system(), ['manufacturer', 'model', 'version', 'serial', 'virtual', 'virtualHost']),
  bios: async () => pick(await si.bios(), ['vendor', 'version', 'releaseDate']),
  board: async () => pick(await si.baseboard(), ['manufacturer', 'model', 'version']),
  cpu: async () =>
    pick(await si.cpu(), [
      'manufacturer',
      'brand',
      'speedMax',
      'cores',
      'physicalCores',
      'processors',
      'socket',
    ]),
  memory: async () => ({
    total: (await si.mem()).total,
    modules: (await si.memLayout()).map((one) => pick(one, ['size', 'type', 'clockSpeed', 'manufacturer'])),
  }),
  os: async () =>
    pick(await si.osInfo(), [
      'platform',
      'distro',
      'release',
      'codename',
      'kernel',
      'arch',
      'build',
      'fqdn',
      'uefi',
    ]),
  disks: async () =>
    (await si.diskLayout()).map((one) =>
      pick(one, ['device', 'type', 'name', 'vendor', 'size', 'interfaceType', 'serialNum', 'smartStatus']),
    ),
  filesystems: async () =>
    (await si.blockDevices())
      .filter((one) => one.fsType !== '')
      .map((one) => pick(one, ['name', 'type', 'fsType', 'mount', 'size', 'label', 'uuid'])),
  networks: async () =>
    [await si.networkInterfaces()]
      .flat()
      .filter((one) => !one.internal)
      .map((one) => pick(one, ['iface', 'type', 'mac', 'ip4', 'ip6', 'speed', 'virtual'])),
  graphics: async () =>
    (await si.graphics()).controllers.map((one) => pick(one, ['vendor', 'model', 'vram'])),
  battery: async () => {
    const battery = await si.battery();
    return battery.hasBattery
      ? pick(battery, ['manufacturer', 'model', 'designedCapacity', 'maxCapacity', 'cycleCount'])
      : {};
  },
  sensors: async () => (await findSensors('/')).map((sensor) => sensor.name),
};

const inventory: Record<string, unknown> = { node: process.version };
for (const [part, ask] of Object.entries(QUESTIONS)) {
  const answer = await answerInTime(ask);
  if (isSomething(answer)) inventory[part] = answer;
}
process.stdout.write(JSON.stringify(inventory));

async function answerInTime(ask: () => Promise<unknown>): Promise<unknown> {
  const late = new AbortController();
  const timeout = delay(QUESTION_MS, undefined, { signal: late.signal });
  const answer = await Promise.race([ask(), timeout]).catch(() => undefined);
  late.abort();
  await timeout.catch(() => undefined);
  return answer;
}

function pick<Key extends string>(
  answer: Readonly<Partial<Record<Key, unknown>>>,
  keys: readonly Key[],
): object {
  return Object.fromEntries(keys.map((key) => [key, answer[key]]).filter(([, value]) => isSomething(value)));
}

function isSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === '-') return false;
  if (typeof value === 'number') return value > 0; // 0 and -1 stand for «not known»
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
