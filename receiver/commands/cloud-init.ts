import { type Command, Option } from 'commander';
import { parseJoinCode } from '../../shared/auth/join-code.ts';
import type { CommandContext } from '../../shared/cli/command-context.ts';
import { parseDurationMs, parseInteger } from '../../shared/cli/option-parsers.ts';
import { UsageError } from '../../shared/errors/errors.ts';
import type { MadeJoinCode } from '../make-join-code.ts';
import { renderCloudInit } from '../render-cloud-init.ts';
import { askReceiver, loadConfigOf } from './command-context.ts';

interface CloudInitFlags {
  readonly join?: string;
  readonly uses: number;
  readonly expires: number;
  readonly package: string;
}

/** `fleetkeep-receiver cloud-init` */
export function addCloudInit(command: Command, context: CommandContext): void {
  command
    .description('Print user data for cloud-init that makes a fresh Debian or Ubuntu machine a node.')
    .option('--join <code>', 'this join code; otherwise one is made')
    .option(
      '--uses <count>',
      'how many machines the code that is made lets in',
      parseInteger({ min: 1, max: 10_000 }),
      1,
    )
    .addOption(
      new Option('--expires <time>', 'how long the code that is made is good for')
        .argParser(parseDurationMs)
        .default(86_400_000, '24h'),
    )
    .option(
      '--package <source>',
      'what npm is to install: a name, a URL or a file of the machine',
      'fleetkeep',
    )
    .action(async ({ join, uses, expires: lifetimeMs, package: packageSource }: CloudInitFlags) => {
      if (/\p{Cc}/u.test(packageSource)) {
        throw new UsageError('USAGE', 'the package is named with a character that cannot be printed');
      }
      const code = join ?? (await makeCode(command, context, { uses, lifetime_ms: lifetimeMs }));
      if (parseJoinCode(code) === undefined) {
        throw new UsageError('JOIN_CODE_INVALID', 'that is no join code, or a part of it is missing', {
          hint: 'fleetkeep-receiver join-code prints one.',
        });
      }
      context.stdout.write(renderCloudInit({ code: code.replaceAll(/\s+/g, ''), packageSource }));
    });
}

async function makeCode(command: Command, context: CommandContext, args: object): Promise<string> {
  const loaded = await loadConfigOf(command, context);
  return ((await askReceiver(loaded, 'join-code', args)) as MadeJoinCode).code;
}
