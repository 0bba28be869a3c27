import { signal } from '@preact/signals';
import { getJson } from './api.ts';
import type { AlertsAnswer } from './contract.ts';
import { onEvent } from './events.ts';

/** How many alerts are firing. */
export const firingCount = signal(0);

/** Keeps the count right until the result is called. */
export function followFiring(): () => void {
  void getJson<AlertsAnswer>('/alerts?limit=1').then(
    ({ firing }) => {
      firingCount.value = new Set(
        firing.map(({ id, group }) => (group === undefined ? `${id}` : `group ${group}`)),
      ).size;
    },
    // The page of alerts says what is wrong.
    () => undefined,
  );
  return onEvent('alerts', (data) => {
    firingCount.value = (data as { readonly firing: number }).firing;
  });
}
