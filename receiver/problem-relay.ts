import type { Alerts, Problem } from './alerts/alerts.ts';

/** Where the parts of the receiver tell what is wrong. */
export type ProblemSink = Pick<Alerts, 'raise' | 'clear' | 'report'>;

/** What is kept at most until somebody listens. */
const MAX_KEPT = 1000;

/** Hands problems to the alerts of the moment, and keeps them while these are started anew. */
export class ProblemRelay implements ProblemSink {
  #sink: ProblemSink | undefined;
  #kept: ((sink: ProblemSink) => void)[] = [];

  raise(problem: Problem): void {
    this.#tell((sink) => sink.raise(problem));
  }

  clear(key: string): void {
    this.#tell((sink) => sink.clear(key));
  }

  report(problem: Problem): void {
    this.#tell((sink) => sink.report(problem));
  }

  /** Has everything told to `sink` from now on, what was kept first; until it is disposed. */
  connect(sink: ProblemSink): Disposable {
    this.#sink = sink;
    for (const tell of this.#kept.splice(0)) tell(sink);
    return {
      [Symbol.dispose]: () => {
        if (this.#sink === sink) this.#sink = undefined;
      },
    };
  }

  #tell(tell: (sink: ProblemSink) => void): void {
    if (this.#sink !== undefined) tell(this.#sink);
    else if (this.#kept.length < MAX_KEPT) this.#kept.push(tell);
  }
}
