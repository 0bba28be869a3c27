/** How long a sender may take to answer, ms: a second more than a retransmission over a bad line takes. */
const ANSWER_MS = 3000;

/** Finds out whether the other end of a connection is alive: asks with PING, and waits for PONG. */
export class Probe {
  readonly #ask: () => void;
  #waiting: ((isAlive: boolean) => void)[] = [];

  /** @param ask sends PING */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** Asks; `decide` is called once. */
  begin(decide: (isAlive: boolean) => void): void {
    this.#waiting.push(decide);
    this.#ask();
    setTimeout(() => this.answered(false), ANSWER_MS).unref();
  }

  /** PONG has come, or nothing will. */
  answered(isAlive: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const decide of waiting) decide(isAlive);
  }
}
