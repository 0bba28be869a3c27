import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { findSensors } from '../../../../sender/sampler/linux/find-sensors.ts';
import { layOutMachine } from '../lay-out-machine.ts';

async function namesOf(root: string): Promise<string[]> {
  return (await findSensors(root)).map((sensor) => sensor.name);
}

function layOut(t: Test, files: Readonly<Record<string, string>>): string {
  const root = t.testdir();
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, 'sys/class', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return root;
}

await t.test('a machine without sensors has none, and that is no error', async (t) => {
  t.same(await findSensors(t.testdir()), []);
});

await t.test('a laptop shows each sensor once, and the hottest instead of every core', async (t) => {
  t.same(await namesOf(layOutMachine(t, 'laptop')), [
    'acpitz',
    'nvme',
    'thinkpad',
    'thinkpad #2',
    'thinkpad CPU',
    'coretemp',
    'iwlwifi_1',
    'TSKN',
  ]);
});

await t.test('two chips of one name are told apart by their device, or by a number', async (t) => {
  const root = layOut(t, {
    'hwmon/hwmon0/name': 'drivetemp\n',
    'hwmon/hwmon0/temp1_input': '30000\n',
    'hwmon/hwmon1/name': 'drivetemp\n',
    'hwmon/hwmon1/temp1_input': '31000\n',
    'hwmon/hwmon2/name': 'drivetemp\n',
    'hwmon/hwmon2/temp1_input': '32000\n',
  });
  symlinkSync('../../../0:0:0:0', join(root, 'sys/class/hwmon/hwmon0/device'));
  t.same(await namesOf(root), ['0:0:0:0', 'drivetemp', 'drivetemp #2']);
});

await t.test('a processor of two packages shows both', async (t) => {
  const root = layOut(t, {
    'hwmon/hwmon0/name': 'coretemp\n',
    'hwmon/hwmon0/temp1_input': '30000\n',
    'hwmon/hwmon0/temp1_label': 'Package id 0\n',
    'hwmon/hwmon0/temp2_input': '30000\n',
    'hwmon/hwmon0/temp2_label': 'Core 0\n',
    'hwmon/hwmon1/name': 'coretemp\n',
    'hwmon/hwmon1/temp1_input': '31000\n',
    'hwmon/hwmon1/temp1_label': 'Package id 1\n',
  });
  t.same(await namesOf(root), ['coretemp', 'coretemp Package id 1']);
});
