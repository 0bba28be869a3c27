import type { PageSettings } from './page-settings.ts';

/** A key of config.json that was set on the web page, as `status --json` prints it. */
export interface SettingStatus {
  readonly key: 'sleeptime';
  /** What holds. */
  readonly value: number;
  /** When it was set; RFC 3339. */
  readonly set: string;
  /** What config.json, or a flag of `start`, says; it holds again after a reset. */
  readonly configured: number;
}

/** The interval of the fleet: what was set on the web page, else what config.json says. */
export interface LiveSleeptime {
  /** What holds, seconds. */
  seconds(): number;
  /** Undefined while config.json decides. */
  setting(): SettingStatus | undefined;
  /** Sets it on behalf of the page. @throws the system's error; everything is then as before */
  set(seconds: number): Promise<void>;
  /** Has config.json decide again. @returns whether it did not before */
  reset(): Promise<boolean>;
  /** config.json, or a flag, says something else now. */
  configure(seconds: number): void;
}

/** @param onChange has the senders told what holds now, seconds */
export function liveSleeptime(
  settings: PageSettings,
  configuredSeconds: number,
  onChange: (seconds: number) => void,
): LiveSleeptime {
  let configured = configuredSeconds;
  const seconds = () => settings.sleeptime()?.value ?? configured;
  return {
    seconds,
    setting() {
      const setting = settings.sleeptime();
      if (setting === undefined) return undefined;
      return {
        key: 'sleeptime',
        value: setting.value,
        set: new Date(setting.setMs).toISOString(),
        configured,
      };
    },
    async set(wanted) {
      await settings.setSleeptime(wanted);
      onChange(seconds());
    },
    async reset() {
      const wasSet = await settings.resetSleeptime();
      if (wasSet) onChange(seconds());
      return wasSet;
    },
    configure(next) {
      const before = seconds();
      configured = next;
      if (seconds() !== before) onChange(seconds());
    },
  };
}
