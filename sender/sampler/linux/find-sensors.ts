import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A place in `/sys` that tells a temperature or the speed of a fan. */
export interface Sensor {
  readonly kind: 'temp' | 'fan';
  /** For people: chip and label, unique among the sensors of its kind. */
  readonly name: string;
  /** Holds millidegrees Celsius, or revolutions a minute. */
  readonly path: string;
}

/** Zones through which firmware steers cooling; they show a constant. */
const NOT_A_SENSOR = new Set(['INT3400 Thermal']);

/**
 * Finds the sensors below `/sys/class/hwmon` and `/sys/class/thermal`. None of them (a virtual machine) is no error.
 * Left out are a thermal zone that hwmon shows too, the single cores of a processor whose package has a sensor and the
 * single sensors of a drive that tells a composite: those show the hottest, and a line shall stay short. See Documentation/hwmon/sysfs-interface.rst and driver-api/thermal/sysfs-api.rst.
 */
export async function findSensors(root: string): Promise<Sensor[]> {
  const chips: Chip[] = [];
  const hwmon = join(root, 'sys/class/hwmon');
  for (const directory of await list(hwmon)) chips.push(await readChip(join(hwmon, directory)));
  const sensors = chips.flatMap((chip) => nameSensors(chip, chips));
  const shown = new Set(chips.filter((chip) => chip.sensors.length > 0).map((chip) => chip.name));
  const thermal = join(root, 'sys/class/thermal');
  for (const directory of await list(thermal)) {
    if (!directory.startsWith('thermal_zone')) continue;
    const type = (await readText(join(thermal, directory, 'type'))) ?? directory;
    // The kernel makes a hwmon chip of a zone, spelling its name with `_`; x86_pkg_temp is what coretemp reads.
    if (shown.has(type.replaceAll('-', '_')) || (type === 'x86_pkg_temp' && shown.has('coretemp'))) continue;
    if (NOT_A_SENSOR.has(type)) continue;
    sensors.push({ kind: 'temp', name: type, path: join(thermal, directory, 'temp') });
  }
  return makeUnique(sensors);
}

interface Chip {
  readonly name: string;
  /** Of the device it sits on, such as `nvme0`; tells two chips of one name apart. */
  readonly device: string | undefined;
  readonly sensors: readonly {
    readonly kind: 'temp' | 'fan';
    readonly label: string | undefined;
    readonly path: string;
  }[];
}

async function readChip(path: string): Promise<Chip> {
  const name = (await readText(join(path, 'name'))) ?? basename(path);
  const device = await readlink(join(path, 'device')).then(basename, () => undefined);
  const sensors = [];
  for (const file of (await list(path)).sort(byNumber)) {
    const match = /^((temp|fan)\d+)_input$/.exec(file);
    if (match === null) continue;
    const label = await readText(join(path, `${match[1]}_label`));
    sensors.push({ kind: match[2] === 'fan' ? 'fan' : 'temp', label, path: join(path, file) } as const);
  }
  return { name, device, sensors: sensors.some(isWhole) ? sensors.filter((one) => !isPart(one)) : sensors };
}

type Labelled = Pick<Chip['sensors'][number], 'label'>;

function isWhole({ label = '' }: Labelled): boolean {
  return /^(?:Package id \d+|Composite)$/.test(label);
}

function isPart({ label = '' }: Labelled): boolean {
  return /^(?:Core|Sensor) \d+$/.test(label);
}

function nameSensors(chip: Chip, chips: readonly Chip[]): Sensor[] {
  const isAlone = chips.filter((other) => other.name === chip.name).length === 1;
  const chipName = isAlone || chip.device === undefined ? chip.name : chip.device;
  return chip.sensors.map(({ kind, label, path }) => ({
    kind,
    name: label === undefined || isMain(label) ? chipName : `${chipName} ${label}`,
    path,
  }));
}

// What a chip has one of goes by the name of the chip.
function isMain(label: string): boolean {
  return label === 'Package id 0' || label === 'Composite';
}

function makeUnique(sensors: readonly Sensor[]): Sensor[] {
  const seen = new Map<string, number>();
  return sensors.map((sensor) => {
    const key = `${sensor.kind} ${sensor.name}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? sensor : { ...sensor, name: `${sensor.name} #${count}` };
  });
}

async function list(path: string): Promise<string[]> {
  return (await readdir(path).catch(() => [])).sort(byNumber);
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

async function readText(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
