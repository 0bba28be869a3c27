import { printable } from '../cli/table.ts';

/** What a look at one thing has found. */
export interface Finding {
  /** `problem`: something does not work; `warning`: it will not for ever, or not for everybody. */
  readonly level: 'fine' | 'warning' | 'problem';
  /** What was looked at, in a word or two. */
  readonly subject: string;
  /** What was found. */
  readonly text: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

const MARKS: Readonly<Record<Finding['level'], string>> = { fine: 'ok  ', warning: 'warn', problem: 'FAIL' };

/** Everything is as it should be. */
export function fine(subject: string, text: string): Finding {
  return { level: 'fine', subject, text };
}

/** It works, but somebody should look at it. */
export function warning(subject: string, text: string, hint: string): Finding {
  return { level: 'warning', subject, text, hint };
}

/** It does not work. */
export function problem(subject: string, text: string, hint: string): Finding {
  return { level: 'problem', subject, text, hint };
}

/** Findings for a person, one or two lines each. */
export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings
    .map(({ level, subject, text, hint }) => {
      const line = `${MARKS[level]}  ${subject.padEnd(width)}  ${printable(text)}\n`;
      return hint === undefined || level === 'fine'
        ? line
        : `${line}      ${' '.repeat(width)}  → ${printable(hint)}\n`;
    })
    .join('');
}
