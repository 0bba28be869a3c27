import { useEffect, useState } from 'preact/hooks';

/** Something that is being read, was read, or could not be. */
export interface Resource<T> {
  /** The newest answer; stays while the next is on its way. */
  readonly value: T | undefined;
  readonly error: Error | undefined;
  /** Asks again. */
  readonly reload: () => void;
}

/**
 * Reads something when the page appears and whenever what it depends on changes. An answer that comes too late for the present
 * question is dropped.
 *
 * @param subject what is asked about: when it changes, the answer so far is forgotten
 * @param versions what makes the same question be asked again
 */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  subject: string,
  versions: readonly unknown[] = [],
): Resource<T> {
  const [state, setState] = useState<{ subject: string; value?: T; error?: Error }>({ subject });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    load(controller.signal).then(
      (value) => !controller.signal.aborted && setState({ subject, value }),
      (error: Error) => {
        if (!controller.signal.aborted) setState((before) => ({ ...before, subject, error }));
      },
    );
    return () => controller.abort();
  }, [subject, attempt, ...versions]);
  const isCurrent = state.subject === subject;
  return {
    value: isCurrent ? state.value : undefined,
    error: isCurrent ? state.error : undefined,
    reload: () => setAttempt((count) => count + 1),
  };
}
