import { batch, computed, signal } from '@preact/signals';
import { getJson } from './api.ts';
import type { FleetAnswer, FleetEvent, FleetNode } from './contract.ts';
import { onEvent } from './events.ts';
import { mergeFleet } from './merge-fleet.ts';
import { setReceiverNow } from './now.ts';

/** Every node by name; replaced as a whole, and a node that did not change is the same object. */
export const fleet = signal<ReadonlyMap<string, FleetNode>>(new Map());

/** Whether the fleet was read at all, and what went wrong if it was not. */
export const fleetState = signal<'loading' | 'ready' | Error>('loading');

/** Seconds between samples. */
export const sleeptime = signal(1);

/** Since when that is what was set here, and what config.json says; null while config.json decides. */
export const sleeptimeSetting = signal<FleetAnswer['sleeptimeSetting']>(null);

/** How many nodes are in each state, and how many alerts are firing. */
export const counts = computed(() => {
  const byState: Record<string, number> = {};
  for (const { state } of fleet.value.values()) byState[state] = (byState[state] ?? 0) + 1;
  return byState;
});

/** Names of all nodes in the order people expect: node-2 before node-10. */
export const nodeNames = computed(() => [...fleet.value.keys()].sort(compareNames));

/** Compares names so that node-2 comes before node-10. */
export const compareNames = new Intl.Collator('en', { numeric: true }).compare;

let loading: Promise<void> | undefined;

/** Reads the whole fleet. Who asks while it is being read gets that answer. */
export function loadFleet(): Promise<void> {
  loading ??= readFleet().finally(() => {
    loading = undefined;
  });
  return loading;
}

async function readFleet(): Promise<void> {
  try {
    const answer = await getJson<FleetAnswer>('/fleet?spanMs=3600000&points=60');
    batch(() => {
      setReceiverNow(answer.nowMs);
      sleeptime.value = answer.sleeptime;
      sleeptimeSetting.value = answer.sleeptimeSetting;
      fleet.value = new Map(answer.nodes.map((node) => [node.name, node]));
      fleetState.value = 'ready';
    });
  } catch (error) {
    if (fleetState.peek() !== 'ready')
      fleetState.value = error instanceof Error ? error : new Error(String(error));
  }
}

/** Takes in news of the fleet until the result is called; a node that is not known yet makes it read the fleet anew. */
export function followFleet(): () => void {
  return onEvent('fleet', (data) => {
    const { merged, hasStranger } = mergeFleet(fleet.peek(), data as FleetEvent);
    fleet.value = merged;
    if (hasStranger) void loadFleet();
  });
}
