import { Cursor } from './cursor.ts';

/** What went through one network interface since it was made. */
export interface InterfaceReading {
  readonly name: string;
  /** Bytes, packets, errors, drops; each received, sent. */
  readonly values: readonly number[];
}

/** The loopback, and the many short-lived ends of containers' cables, whose traffic also passes a bridge. */
const NOT_SHOWN = /^(?:lo$|veth)/;

/** Columns of a line: eight received (bytes, packets, errs, drop, …), then eight sent. */
const COLUMNS = 12;

/** Reads `/proc/net/dev`: interfaces that carried anything. Its first two lines are headings. See proc_pid_net(5). */
export function parseNetDev(bytes: Buffer): InterfaceReading[] {
  const interfaces: InterfaceReading[] = [];
  const cursor = new Cursor(bytes);
  for (; !cursor.isAtEnd; cursor.nextLine()) {
    const name = cursor.word(':');
    if (!cursor.skip(':') || NOT_SHOWN.test(name)) continue;
    const values = readValues(cursor);
    if (values !== undefined) interfaces.push({ name, values });
  }
  return interfaces;
}

function readValues(cursor: Cursor): number[] | undefined {
  const columns: number[] = [];
  for (let i = 0; i < COLUMNS; i++) columns.push(cursor.number());
  const [rxBytes = 0, rxPackets = 0, rxErrors = 0, rxDrops = 0] = columns;
  const [txBytes = 0, txPackets = 0, txErrors = 0, txDrops = Number.NaN] = columns.slice(8);
  if (Number.isNaN(txDrops) || rxPackets + txPackets === 0) return undefined;
  return [rxBytes, txBytes, rxPackets, txPackets, rxErrors, txErrors, rxDrops, txDrops];
}
