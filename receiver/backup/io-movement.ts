/** Readings that are looked back on. */
const READINGS = 8;

/**
 * What comes back meanwhile when something moves: a process that reads or writes counts thousands a second, one that waits for a call
 * counts one every eight seconds, when V8 looks whether there is garbage.
 */
const MIN_EVENTS = 3;

/** Tells from readings of a counter whether calls to the system come back. */
export interface IoMovement {
  /** Takes a reading; whether enough has come back since one of the last eight, or since that was last so. */
  hasMoved(events: number): boolean;
}

/** Begins with no reading. */
export function createIoMovement(): IoMovement {
  let readings: readonly number[] = [];
  return {
    hasMoved(events) {
      const isMoving = events - (readings[0] ?? events) >= MIN_EVENTS;
      readings = isMoving ? [events] : [...readings, events].slice(-READINGS);
      return isMoving;
    },
  };
}
