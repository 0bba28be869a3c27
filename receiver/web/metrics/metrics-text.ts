/** How a metric behaves. */
export type MetricKind = 'gauge' | 'counter';

/** Values that say which one of a family a value is. */
export type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly kind: MetricKind;
  readonly help: string;
  readonly samples: string[];
}

/** Content type of {@link MetricsText.end}. */
export const METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Writes metrics in the OpenMetrics text format, version 1.0: all values of a family side by side, whatever order they come in. */
export class MetricsText {
  readonly #families = new Map<string, Family>();

  /**
   * Adds a value; one that is not known is left out.
   *
   * @param name as it is queried: a counter's ends in `_total`
   */
  add(name: string, kind: MetricKind, help: string, labels: Labels, value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value)) return;
    const family = this.#families.get(name) ?? { kind, help, samples: [] };
    this.#families.set(name, family);
    const text = Object.entries(labels).map(([label, said]) => `${label}="${escapeLabel(said)}"`);
    family.samples.push(`${name}${text.length === 0 ? '' : `{${text.join(',')}}`} ${value}`);
  }

  /** The whole text. */
  end(): string {
    const families = [...this.#families].map(([name, { kind, help, samples }]) => {
      // The family of a counter is called without what its values are called with.
      const family = kind === 'counter' ? name.replace(/_total$/, '') : name;
      return [`# TYPE ${family} ${kind}`, `# HELP ${family} ${help}`, ...samples].join('\n');
    });
    return `${[...families, '# EOF'].join('\n')}\n`;
  }
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
