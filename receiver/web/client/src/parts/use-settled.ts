import { useEffect, useState } from 'preact/hooks';

/** The value once it has not changed for `restMs`: nobody asks the receiver at every letter and every pixel. */
export function useSettled<T>(value: T, restMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), restMs);
    return () => clearTimeout(timer);
  }, [value, restMs]);
  return settled;
}
