import t from 'tap';
import { commonCause } from '../../../../receiver/alerts/incidents/common-cause.ts';
import { networkOf } from '../../../../receiver/alerts/incidents/network-of.ts';
import type { ConnectionEnd, NodeRecord } from '../../../../receiver/fleet/node-record.ts';
import { aNode } from '../start-receiver-parts.ts';

function lost(
  name: string,
  address: string,
  how: ConnectionEnd['how'] = 'reset',
  version = '1.0',
): NodeRecord {
  const { node, ...identity } = aNode(name);
  const state = { kind: 'down', sinceMs: 0, end: { how } } as const;
  return { ...identity, name: node, address, version, state, lastSeenMs: 0, position: undefined };
}
const up = (name: string, address: string, version = '1.0'): NodeRecord => ({
  ...lost(name, address, 'reset', version),
  state: { kind: 'up', sinceMs: 0 },
});

t.test('a lone node has nothing in common with anybody', async (t) => {
  t.same(commonCause([lost('1', '10.0.0.1')], []), []);
});

t.test('what lost nodes share is told, unless others share it too', async (t) => {
  const pair = [lost('1', '10.0.1.1'), lost('2', '10.0.1.2')];
  t.match(
    commonCause(pair, [up('3', '10.0.2.3'), up('4', '10.0.3.4')])[0],
    'All are in the network 10.0.1.0/24',
  );
  t.notMatch(commonCause(pair, [up('3', '10.0.1.3'), up('4', '10.0.3.4')]).join(), 'network 10');
  const behindOne = [lost('1', '203.0.113.9'), lost('2', '203.0.113.9')];
  t.match(commonCause(behindOne, [up('3', '10.0.2.3'), up('4', '10.0.2.4')])[0], 'one address, 203.0.113.9');
  const updated = [lost('1', '10.0.1.1', 'closed', '2.0'), lost('2', '10.0.2.1', 'closed', '2.0')];
  t.match(commonCause(updated, [up('3', '10.0.1.3'), up('4', '10.0.2.4')]).join(), 'All run version 2.0');
  t.notMatch(commonCause(updated, [up('3', '10.0.1.3', '2.0'), up('4', '10.0.2.4')]).join(), 'version');
});

t.test('when most of the fleet goes at once, it is the network or the link of the receiver', async (t) => {
  const most = ['1', '2', '3'].map((name) => lost(name, `10.0.${name}.1`, 'timed_out'));
  const [cause, ...more] = commonCause(most, [up('4', '10.0.9.1')]);
  t.match(cause, /^3 of the 4 nodes that were up are gone at once.*the link of the receiver itself/);
  t.match(more.join(), 'All fell silent without a word');
  t.match(commonCause(most, [])[0], /^Every node that was up is gone at once/);
  const stopped = most.map((node) => lost(node.name, node.address, 'goodbye'));
  t.match(commonCause(stopped, [])[0], 'stopped in an orderly way');
  t.notMatch(
    commonCause(
      most,
      ['4', '5', '6'].map((name) => up(name, '10.0.9.1')),
    ).join(),
    'receiver itself',
  );
});

t.test('the network of an address is its /24 or its /64', async (t) => {
  const cases = {
    '192.0.2.77': '192.0.2.0/24',
    '::ffff:192.0.2.77': '192.0.2.0/24',
    '2001:db8:0:7::1': '2001:db8:0:7::/64',
    '2001:0DB8::1': '2001:db8:0:0::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
    '::1': '0:0:0:0::/64',
    '64:ff9b::192.0.2.1': '64:ff9b:0:0::/64',
    kitchen: undefined,
    '': undefined,
  };
  for (const [address, network] of Object.entries(cases))
    t.equal(networkOf(address), network, address || 'nothing');
});
