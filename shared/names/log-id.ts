/** The id of a log: a UUID, made with it. Made by {@link parseLogId} alone where it comes from outside. */
export type LogId = string & { readonly __brand: 'LogId' };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Checks the id of a log that came from outside; undefined when it is none. */
export function parseLogId(text: string): LogId | undefined {
  return UUID.test(text) ? (text as LogId) : undefined;
}
