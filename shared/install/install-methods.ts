import { type Command, Option } from 'commander';
import { UsageError } from '../errors/errors.ts';
import type { InstallMethod } from './install-options.ts';

/** What `install` of either program was told about the method: one of these at most. */
export type MethodFlags = { readonly [method in InstallMethod]?: boolean };

/** By the name that people know it by, and where it is to be found. */
const METHODS: Readonly<
  Record<InstallMethod, { readonly name: string; readonly system: string; readonly help: string }>
> = {
  cron: { name: 'cron', system: 'Linux and macOS', help: 'by two lines in the crontab of this user' },
  systemd: {
    name: 'systemd',
    system: 'Linux',
    help: 'by a systemd unit; the default where systemd runs',
  },
  launchd: { name: 'launchd', system: 'macOS', help: 'by a launchd job; the default on macOS' },
  task: {
    name: 'the Task Scheduler',
    system: 'Windows',
    help: 'by a task of the Task Scheduler; the default on Windows',
  },
};

/** Adds `--cron`, `--systemd`, `--launchd` and `--task`, of which only one may be given. Returns the command. */
export function addMethodOptions(command: Command): Command {
  const all = Object.keys(METHODS);
  for (const [method, { help }] of Object.entries(METHODS)) {
    const others = all.filter((other) => other !== method);
    command.addOption(new Option(`--${method}`, help).conflicts(others));
  }
  return command;
}

/** The method that was asked for, or undefined. */
export function methodOf(flags: MethodFlags): InstallMethod | undefined {
  return (['cron', 'systemd', 'launchd', 'task'] as const).find((method) => flags[method] === true);
}

/** The methods of an operating system, the best one first. */
export function methodsOn(platform: NodeJS.Platform): readonly [InstallMethod, ...InstallMethod[]] {
  switch (platform) {
    case 'win32':
      return ['task'];
    case 'darwin':
      return ['launchd', 'cron'];
    default:
      return ['systemd', 'cron'];
  }
}

/**
 * Does nothing when the operating system has the method.
 *
 * @throws UsageError `UNSUPPORTED`
 */
export function requireMethod(method: InstallMethod, platform: NodeJS.Platform): void {
  const methods = methodsOn(platform);
  if (methods.includes(method)) return;
  const { name, system } = METHODS[method];
  throw new UsageError('UNSUPPORTED', `${name} exists on ${system} only, and this is ${nameOf(platform)}`, {
    hint: `Use ${methods.map((other) => `--${other}`).join(' or ')}, or leave it out.`,
  });
}

function nameOf(platform: NodeJS.Platform): string {
  const names: { readonly [platform: string]: string } = {
    linux: 'Linux',
    darwin: 'macOS',
    win32: 'Windows',
  };
  return names[platform] ?? platform;
}
