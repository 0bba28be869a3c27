import { UserError } from '../errors/errors.ts';
import { VERSION } from '../names/version.ts';

/** What {@link newerFormat} tells. */
export interface NewerFormat {
  /** The format that was found, and the newest that is known here. */
  readonly format: number;
  readonly known: number;
  /** Who wrote it, where that is said. */
  readonly version?: string | undefined;
}

/** The error about data of a format that only a newer version knows. @param what the path of the file or directory */
export function newerFormat(what: string, { format, known, version }: NewerFormat): UserError {
  const writer = version === undefined ? 'a newer version of Fleetkeep' : `Fleetkeep ${version}`;
  return new UserError(
    'FORMAT_NEWER',
    `${what} has format ${format}, written by ${writer}; this is ${VERSION} and knows formats up to ${known}`,
    { hint: 'Install that version again, or a later one. Nothing was changed.' },
  );
}
