import { UserError } from '../errors/errors.ts';
import type { ProgramCommand, ProgramName } from './program-command.ts';

/** What Debian's and other descendants of Vixie cron take as a command (MAX_COMMAND, with the closing NUL), bytes. */
const MAX_COMMAND_BYTES = 999;

/**
 * Our part of a crontab: a start at boot, and one every five minutes that does nothing when the program runs, because
 * cron does not restart what has ended. Nothing is left to the environment, which under cron is nearly empty.
 *
 * @throws UserError `INSTALL_FAILED` when a path cannot be written in a crontab
 */
export function cronBlock(command: ProgramCommand): string {
  const { program, nodePath, nodeFlags, cliPath, configPath } = command;
  const words = [
    quote(nodePath),
    ...nodeFlags,
    quote(cliPath),
    'start --if-not-running --quiet --config',
    quote(configPath),
  ];
  // exec: otherwise the shell waits beside the program for as long as it runs.
  const line = `exec ${words.join(' ')} >/dev/null 2>&1`;
  const sizeBytes = Buffer.byteLength(line);
  if (sizeBytes > MAX_COMMAND_BYTES) {
    throw new UserError(
      'INSTALL_FAILED',
      `a line of a crontab has at most ${MAX_COMMAND_BYTES} bytes; this one would have ${sizeBytes}`,
      { hint: 'Move Fleetkeep or its configuration to a shorter path, or use --systemd.' },
    );
  }
  const { begin, end } = markersOf(program);
  return `${begin}\n@reboot ${line}\n*/5 * * * * ${line}\n${end}\n`;
}

/**
 * A crontab with our part in it: in the place of an older one, otherwise at the end.
 *
 * @throws UserError `INSTALL_FAILED` when our marker lines in it are not a pair
 */
export function withCronBlock(crontab: string, block: string, program: ProgramName): string {
  const found = findBlock(crontab, program);
  if (found !== undefined) return crontab.slice(0, found.start) + block + crontab.slice(found.end);
  const isWhole = crontab === '' || crontab.endsWith('\n');
  return `${crontab}${isWhole ? '' : '\n'}${block}`;
}

/**
 * A crontab without our part.
 *
 * @throws UserError `INSTALL_FAILED` when our marker lines in it are not a pair
 */
export function withoutCronBlock(crontab: string, program: ProgramName): string {
  const found = findBlock(crontab, program);
  return found === undefined ? crontab : crontab.slice(0, found.start) + crontab.slice(found.end);
}

/**
 * A word for cron and then sh. For sh it stands in single quotes, a single quote in it in double ones (no backslash:
 * crons differ in what they make of it); `%` would be a line break for cron, which takes the backslash before it away.
 */
function quote(path: string): string {
  if (/[\n\r\0\\]/.test(path)) {
    throw new UserError('INSTALL_FAILED', `the path ${JSON.stringify(path)} cannot be written in a crontab`, {
      hint: 'Use paths without line breaks and backslashes, or --systemd.',
    });
  }
  return `'${path.replaceAll("'", `'"'"'`).replaceAll('%', '\\%')}'`;
}

function markersOf(program: ProgramName): { readonly begin: string; readonly end: string } {
  return { begin: `# fleetkeep-${program} begin`, end: `# fleetkeep-${program} end` };
}

function findBlock(
  crontab: string,
  program: ProgramName,
): { readonly start: number; readonly end: number } | undefined {
  const markers = markersOf(program);
  const begins = [...crontab.matchAll(new RegExp(`^${markers.begin}$`, 'gm'))];
  const ends = [...crontab.matchAll(new RegExp(`^${markers.end}$`, 'gm'))];
  if (begins.length === 0 && ends.length === 0) return undefined;
  const [begin, end] = [begins[0], ends[0]];
  if (
    begins.length > 1 ||
    ends.length > 1 ||
    begin === undefined ||
    end === undefined ||
    end.index < begin.index
  ) {
    throw new UserError(
      'INSTALL_FAILED',
      `in the crontab, «${markers.begin}» and «${markers.end}» are not one pair`,
      {
        hint: 'Somebody has edited between them. Remove these lines with `crontab -e` and try again.',
      },
    );
  }
  const lineEnd = crontab.indexOf('\n', end.index);
  return { start: begin.index, end: lineEnd === -1 ? crontab.length : lineEnd + 1 };
}
