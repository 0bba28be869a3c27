/** Whether a line of a log is a sample of the machine, not an inventory, a header or an event (docs/log-format.md). */
export function isSample(line: string): boolean {
  return /^\{"t":"[^"]{24}","up":/.test(line);
}
