import { wholeNumber } from './numbers.ts';

/** What went through one network interface since it was made. */
export interface InterfaceReading {
  readonly name: string;
  /** Bytes, packets, errors, drops; each received, sent. */
  readonly values: readonly number[];
}

/**
 * The ends of containers' cables, as Docker, Calico, Cilium and the clouds' networks name them. There
 * may be hundreds, they live for minutes, and their traffic also passes a bridge or a card.
 */
const CABLE = 'veth|cali[0-9a-f]{11}:|lxc[0-9a-f]{8}|azv[0-9a-f]{11}:|eni[0-9a-f]{11}:';

/** Eight columns received (bytes, packets, errs, drop, …), then as many sent. */
const COLUMNS =
  '([^\\s:]+): *(\\d+) +(\\d+) +(\\d+) +(\\d+) +\\d+ +\\d+ +\\d+ +\\d+ +(\\d+) +(\\d+) +(\\d+) +(\\d+)';

/** A line of an interface other than the loopback. */
const INTERFACE = new RegExp(`^ *(?!lo:)${COLUMNS}`);

/** The same, without the ends of cables. */
const INTERFACE_BUT_CABLE = new RegExp(`^ *(?!lo:|${CABLE})${COLUMNS}`);

/**
 * Reads `/proc/net/dev`: interfaces that carried anything, without the ends of containers' cables
 * unless there is nothing else, as in a container that has such an end itself. Its first two lines
 * are headings. See proc_pid_net(5).
 */
export function parseNetDev(bytes: Buffer): InterfaceReading[] {
  const lines = bytes.toString('utf8').split('\n');
  const interfaces = readInterfaces(lines, INTERFACE_BUT_CABLE);
  return interfaces.length > 0 ? interfaces : readInterfaces(lines, INTERFACE);
}

function readInterfaces(lines: readonly string[], pattern: RegExp): InterfaceReading[] {
  const interfaces: InterfaceReading[] = [];
  for (const line of lines) {
    const match = pattern.exec(line);
    const values = match === null ? undefined : readValues(match);
    if (values !== undefined) interfaces.push({ name: match?.[1] ?? '', values });
  }
  return interfaces;
}

function readValues(match: RegExpExecArray): number[] | undefined {
  const rxPackets = wholeNumber(match[3]);
  const txPackets = wholeNumber(match[7]);
  if (!(rxPackets + txPackets > 0)) return undefined;
  const values = [
    wholeNumber(match[2]),
    wholeNumber(match[6]),
    rxPackets,
    txPackets,
    wholeNumber(match[4]),
    wholeNumber(match[8]),
    wholeNumber(match[5]),
    wholeNumber(match[9]),
  ];
  // A counter that cannot be read is not 0: the next sample would show all of it as a leap.
  return values.includes(Number.NaN) ? undefined : values;
}
