/** What decides about colours besides the stream. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether to print colours to a stream, as programs have agreed: none with `NO_COLOR` (no-color.org), none on a dumb terminal or where
 * no terminal is, and some even there with `FORCE_COLOR` (force-color.org). An empty variable counts as not set.
 */
export function hasColours(stream: { readonly isTTY?: boolean }, env: Environment): boolean {
  if (isSet(env['NO_COLOR'])) return false;
  const forced = env['FORCE_COLOR'];
  if (isSet(forced)) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
