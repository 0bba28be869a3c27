import { InvalidArgumentError } from 'commander';
import { type JoinCode, parseJoinCode } from '../../shared/auth/join-code.ts';

/** Reads the value of `--join`. @throws InvalidArgumentError, for commander to show */
export function parseJoin(text: string): JoinCode {
  const code = parseJoinCode(text);
  if (code !== undefined) return code;
  throw new InvalidArgumentError(
    'It is no join code, or not the whole of it; copy the line that fleetkeep-receiver join-code printed.',
  );
}
