import type { NodeName } from '../../shared/names/node-name.ts';
import type { DigestResult } from '../../shared/protocol/messages.ts';

/** Questions to nodes about what they hold, that wait for their answers. */
export class DigestRequests {
  readonly #waiting = new Map<number, (result: DigestResult) => void>();
  #count = 0;

  /**
   * Asks, and waits for the answer.
   *
   * @param send carries the question with this number
   * @throws when the node does not answer in time
   */
  async ask(node: NodeName, timeoutMs: number, send: (request: number) => void): Promise<DigestResult> {
    const request = ++this.#count;
    const { promise, resolve, reject } = Promise.withResolvers<DigestResult>();
    const timer = setTimeout(() => reject(new Error(`node ${node} did not say what it holds`)), timeoutMs);
    this.#waiting.set(request, resolve);
    send(request);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(request);
    }
  }

  /** An answer has come; one that nobody waits for any more is passed over. */
  answered(request: number, result: DigestResult): void {
    this.#waiting.get(request)?.(result);
  }
}
