import type { ChangeReport, InstallReport } from './install-options.ts';

/** A report for standard output; a dry run also shows what would be written. */
export function renderReport(report: ChangeReport | InstallReport): string {
  const lines: string[] = [];
  if (report.steps.length === 0) lines.push('Nothing to do: everything is as it should be.');
  for (const step of report.steps) lines.push(report.isDryRun ? `would ${step}` : `done: ${step}`);
  if (report.isDryRun && 'text' in report) lines.push('', report.text.trimEnd());
  if (report.notes.length > 0) lines.push('', ...report.notes);
  return `${lines.join('\n')}\n`;
}
