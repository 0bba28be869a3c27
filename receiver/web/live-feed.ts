import type { NodeName } from '../../shared/names/node-name.ts';
import { describeLatest, stateOf } from './describe-node.ts';
import type { EventHub } from './event-hub.ts';
import { mailTroubleOf } from './mail-trouble.ts';
import type { WebPorts } from './ports.ts';

/** How often news of nodes are sent, ms. */
const TELL_MS = 1_000;

/** How many alerts there are when nodes that were lost together count as one. */
function countTold(open: ReturnType<WebPorts['alerts']['incidents']['open']>): number {
  const keys = open.map(({ id, rule, threadId }) =>
    rule === 'disconnect' && threadId !== undefined ? `thread ${threadId}` : id,
  );
  return new Set(keys).size;
}

/** Tells those who look of every node that has changed, all of them together once a second. */
export function startLiveFeed(ports: WebPorts, hub: EventHub): Disposable {
  const changed = new Set<NodeName>();
  const forgetFleet = ports.fleet.onChange(({ node }) => changed.add(node.name));
  const forgetSamples = ports.history?.onLatest((samples) => {
    if (hub.size > 0) for (const { node } of samples) changed.add(node);
  });
  let firing = '';

  const timer = setInterval(() => {
    if (hub.size === 0) {
      changed.clear();
      return;
    }
    tellNodes();
    tellAlerts();
  }, TELL_MS);

  function tellNodes(): void {
    if (changed.size === 0) return;
    const credentials = new Map(ports.admission.credentials().map((one) => [one.node, one]));
    const latest = ports.history?.latest();
    const nodes = [...changed].flatMap((name) => {
      const record = ports.fleet.node(name);
      if (record === undefined) return [];
      const credential = credentials.get(name);
      return {
        ...{ name, state: stateOf(record, credential), latest: describeLatest(latest?.get(name)) },
        sinceMs: credential?.revoked?.sinceMs ?? record.state.sinceMs,
      };
    });
    changed.clear();
    hub.send('fleet', { nodes });
  }

  function tellAlerts(): void {
    const open = ports.alerts.incidents.open();
    const now = open
      .map(({ id, changedMs, acknowledged }) => `${id} ${changedMs} ${acknowledged?.atMs}`)
      .join();
    const mailTrouble = mailTroubleOf(ports.alerts);
    const all = `${now} ${mailTrouble}`;
    if (all === firing) return;
    firing = all;
    hub.send('alerts', { firing: countTold(open), mailTrouble });
  }

  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      forgetFleet[Symbol.dispose]();
      forgetSamples?.();
    },
  };
}
