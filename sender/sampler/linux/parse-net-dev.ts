import { wholeNumber } from './numbers.ts';

/** What went through one network interface since it was made. */
export interface InterfaceReading {
  readonly name: string;
  /** Bytes, packets, errors, drops; each received, sent. */
  readonly values: readonly number[];
}

/**
 * A line of an interface: eight columns received (bytes, packets, errs, drop, …), then as many sent. Left out are the loopback, and the
 * many short-lived ends of containers' cables, whose traffic also passes a bridge.
 */
const INTERFACE =
  /^ *(?!lo:|veth)([^\s:]+): *(\d+) +(\d+) +(\d+) +(\d+) +\d+ +\d+ +\d+ +\d+ +(\d+) +(\d+) +(\d+) +(\d+)/;

/** Reads `/proc/net/dev`: interfaces that carried anything. Its first two lines are headings. See proc_pid_net(5). */
export function parseNetDev(bytes: Buffer): InterfaceReading[] {
  const interfaces: InterfaceReading[] = [];
  for (const line of bytes.toString('utf8').split('\n')) {
    const match = INTERFACE.exec(line);
    const values = match === null ? undefined : readValues(match);
    if (values !== undefined) interfaces.push({ name: match?.[1] ?? '', values });
  }
  return interfaces;
}

function readValues(match: RegExpExecArray): number[] | undefined {
  const rxPackets = wholeNumber(match[3]);
  const txPackets = wholeNumber(match[7]);
  if (!(rxPackets + txPackets > 0)) return undefined;
  return [
    wholeNumber(match[2]),
    wholeNumber(match[6]),
    rxPackets,
    txPackets,
    wholeNumber(match[4]),
    wholeNumber(match[8]),
    wholeNumber(match[5]),
    wholeNumber(match[9]),
  ];
}
