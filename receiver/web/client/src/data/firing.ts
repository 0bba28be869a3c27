import { signal } from '@preact/signals';
import { getJson } from './api.ts';
import type { AlertsAnswer } from './contract.ts';
import { onEvent } from './events.ts';

/** How many alerts are firing. */
export const firingCount = signal(0);

/** Why messages cannot be sent; undefined while they can. */
export const mailTrouble = signal<string | undefined>(undefined);

/** Keeps both right until the result is called. */
export function followFiring(): () => void {
  void getJson<AlertsAnswer>('/alerts?limit=1').then(
    ({ firing, mailTrouble: trouble }) => {
      mailTrouble.value = trouble;
      firingCount.value = new Set(
        firing.map(({ id, group }) => (group === undefined ? `${id}` : `group ${group}`)),
      ).size;
    },
    // The page of alerts says what is wrong.
    () => undefined,
  );
  return onEvent('alerts', (data) => {
    const news = data as { readonly firing: number; readonly mailTrouble?: string };
    firingCount.value = news.firing;
    mailTrouble.value = news.mailTrouble;
  });
}
