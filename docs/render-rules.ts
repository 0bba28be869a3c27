import { DEFAULT_RULES, type RuleKind, type RuleSettings } from '../shared/config/default-rules.ts';

const MEANING: Readonly<Record<RuleKind, string>> = {
  cpu: 'share of the CPUs that is used, without waiting for disks',
  memory: 'share of the memory that programs cannot have any more',
  swap: 'share of the swap space that is used',
  load: 'load average of five minutes for each processor',
  filesystem: 'share of each file system that is used, as df counts',
  filesystem_hours_left: 'hours until each file system is full, by the line through the last six hours',
  inodes: 'share of the inodes of each file system that are used',
  temperature: 'each sensor, °C',
  pressure: 'share of the time in which some programs wait for a CPU, for memory, for a disk (PSI)',
  network_errors: 'errors a second of each interface, both ways',
  clock_skew:
    'seconds between the node’s clock and the receiver’s: the least delay of its samples within some minutes',
  reboot: 'the machine was started again, and its sender had not said goodbye',
  log_stopped: 'seconds without a line of a node that is connected, and at least ten of its intervals',
  receiver_disk: 'share of the disk of the logs that is used',
};

/** The table of the rules that hold when nothing is configured. */
function renderRules(): string {
  const rows = Object.entries(DEFAULT_RULES).map(([name, rule]) => renderRule(name, rule));
  const head = [
    '| rule | looks at | raised at | over | ends at | over | severity |',
    '| --- | --- | --- | --- | --- | --- | --- |',
  ];
  return [...head, ...rows].join('\n');
}

/** Puts the table into the page, between its marks. */
export function renderRulesPage(page: string): string {
  return page.replace(
    /(<!-- rules -->\n)[\s\S]*(<!-- \/rules -->)/,
    (_, begin: string, end: string) => `${begin}${renderRules()}\n${end}`,
  );
}

function renderRule(name: string, rule: RuleSettings): string {
  const { kind, raise, clear, for_seconds: forSeconds, clear_for_seconds: clearForSeconds, severity } = rule;
  const cells =
    kind === 'reboot' ? ['–', '–', '–', '–'] : [raise, `${forSeconds} s`, clear, `${clearForSeconds} s`];
  return `| \`${name}\` | \`${kind}\`: ${MEANING[kind]} | ${cells.join(' | ')} | ${severity} |`;
}
