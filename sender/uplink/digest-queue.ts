import type { DigestResult } from '../../shared/protocol/messages.ts';
import type { DigestAnswer, DigestQuestion } from './digest.ts';

/** Questions that may wait. Each costs a reading of the log; a receiver has use for one at a time. */
const MAX_WAITING = 8;

/** Answers a receiver's questions about digests one after the other, in their order. */
export class DigestQueue {
  readonly #answer: (question: DigestQuestion) => Promise<DigestAnswer>;
  readonly #send: (result: DigestResult) => void;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** @param answer must not reject */
  constructor(
    answer: (question: DigestQuestion) => Promise<DigestAnswer>,
    send: (result: DigestResult) => void,
  ) {
    this.#answer = answer;
    this.#send = send;
  }

  /** Takes a question; one too many is answered with an error at once. */
  ask(id: number, question: DigestQuestion): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#send({ kind: 'digest_result', id, error: `${MAX_WAITING} digests are asked for already` });
      return;
    }
    this.#waiting += 1;
    this.#last = this.#last.then(async () => {
      const answer = await this.#answer(question);
      this.#waiting -= 1;
      this.#send({ kind: 'digest_result', id, ...answer });
    });
  }

  /** Resolves when everything that was asked so far has been answered. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
