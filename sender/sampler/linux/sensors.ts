import { readFile } from 'node:fs/promises';
import { isCelsius, isFanSpeed } from '../../../shared/sample/limits.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { round } from '../round.ts';
import { slowReadings } from '../slow-readings.ts';
import { findSensors, type Sensor } from './find-sensors.ts';

/** Temperatures and fans, measured in the background. */
export interface SensorWatch {
  /** Begins to read, or to look for sensors, when that is due. Never waits. */
  poll(): void;
  /** By name: degrees Celsius, or revolutions a minute. Undefined where the machine has no such sensor. */
  values(kind: Sensor['kind']): Record<string, number> | undefined;
  /** Resolves when every sensor was read once; when one hangs, never. */
  settled(): Promise<void>;
}

/** Reading may ask a drive or the firmware and take milliseconds, so it is not done for every sample. */
const EVERY_MS = 10_000;
const MAX_AGE_MS = 35_000;

/** How often sensors are looked for: drives and USB devices bring some. */
const LOOK_EVERY_MS = 600_000;

/** Finds the sensors below `root` and watches them. */
export function watchSensors(root: string, clock: Clock): SensorWatch {
  let sensors: readonly Sensor[] = [];
  let isLooking = false;
  let lookAt = Number.NEGATIVE_INFINITY;
  const readings = slowReadings<number>({
    read: readNumber,
    everyMs: EVERY_MS,
    maxAgeMs: MAX_AGE_MS,
    maxInFlight: 1,
    clock,
  });

  async function look(): Promise<void> {
    isLooking = true;
    lookAt = clock.monotonic() + LOOK_EVERY_MS;
    sensors = await findSensors(root).catch(() => sensors);
    readings.setKeys(sensors.map((sensor) => sensor.path));
    readings.poll();
    isLooking = false;
  }

  let looking = Promise.resolve();
  return {
    poll() {
      if (!isLooking && clock.monotonic() >= lookAt) looking = look();
      readings.poll();
    },
    values(kind) {
      const values: Record<string, number> = Object.create(null);
      let isAny = false;
      for (const sensor of sensors) {
        const value = sensor.kind === kind ? readings.get(sensor.path) : undefined;
        const shown = value === undefined ? undefined : inItsUnit(kind, value);
        if (shown === undefined) continue;
        values[sensor.name] = shown;
        isAny = true;
      }
      return isAny ? values : undefined;
    },
    async settled() {
      await looking;
      await readings.settled();
    },
  };
}

async function readNumber(path: string): Promise<number> {
  const text = (await readFile(path, 'latin1')).trim();
  if (!/^-?\d{1,9}$/.test(text)) throw new Error(`${path} holds ${JSON.stringify(text)}, not a number`);
  return Number(text);
}

function inItsUnit(kind: Sensor['kind'], value: number): number | undefined {
  if (kind === 'fan') return isFanSpeed(value) ? value : undefined;
  const celsius = round(value / 1000, 1);
  return isCelsius(celsius) ? celsius : undefined;
}
