/** The part of a boot id that stands in a sample: of a UUID the first group, which tells two boots apart well enough. */
export function shortBootId(bootId: string): string | undefined {
  const text = bootId.trim();
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text)) return text.slice(0, 8);
  return /^boot-\d{1,12}$/.test(text) ? text : undefined;
}
