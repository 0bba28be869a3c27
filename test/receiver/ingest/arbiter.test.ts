import t from 'tap';
import { Arbiter } from '../../../receiver/ingest/arbiter.ts';
import type { ClaimFacts } from '../../../receiver/ingest/messages.ts';
import type { LogId } from '../../../shared/names/log-id.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';

function facts(node: string, log = 'log-a'): ClaimFacts {
  const rest = { hostName: 'host', address: '127.0.0.1', bootId: 'b', version: '1', sleeptimeSeconds: 1 };
  return { node: parseNodeName(node), credential: `of ${node}`, log: log as LogId, ...rest };
}

t.test('a claim is granted while there is room, and refused in plain words beyond', async (t) => {
  const arbiter = new Arbiter(1);
  t.match(arbiter.claim('1.1', facts('a')), [{ kind: 'grant', session: '1.1' }]);
  const effects = arbiter.claim('1.2', facts('b', 'log-b'));
  t.match(effects, [
    {
      kind: 'refuse',
      session: '1.2',
      refusal: { code: 'limit', message: /takes 1 nodes \(number_of_nodes\)/ },
    },
    { kind: 'limit_reached', facts: { node: 'b' } },
  ]);
});

t.test('room comes back when a node leaves, not before', async (t) => {
  const arbiter = new Arbiter(1);
  arbiter.claim('1.1', facts('a'));
  arbiter.release('1.9');
  t.equal(arbiter.claim('1.2', facts('b', 'log-b'))[0]?.kind, 'refuse');
  arbiter.release('1.1');
  t.equal(arbiter.claim('1.3', facts('b', 'log-b'))[0]?.kind, 'grant');
});

t.test(
  'the newer connection of a log wins, and gets the claim only after the older has closed its files',
  async (t) => {
    const arbiter = new Arbiter(9);
    arbiter.claim('1.1', facts('a'));
    const effects = arbiter.claim('2.1', facts('a'));
    t.match(effects, [{ kind: 'displace', session: '1.1', refusal: { code: 'superseded' } }]);
    t.equal(effects.length, 1, 'nothing is granted yet');
    t.match(arbiter.release('1.1'), [{ kind: 'grant', session: '2.1' }]);
    t.equal(arbiter.count, 1);
  },
);

t.test('of several that wait for a claim the newest gets it', async (t) => {
  const arbiter = new Arbiter(9);
  arbiter.claim('1.1', facts('a'));
  arbiter.claim('1.2', facts('a'));
  t.match(arbiter.claim('1.3', facts('a')), [{ kind: 'refuse', session: '1.2' }]);
  t.match(arbiter.release('1.1'), [{ kind: 'grant', session: '1.3' }]);
});

t.test('an heir that hangs up is forgotten', async (t) => {
  const arbiter = new Arbiter(9);
  arbiter.claim('1.1', facts('a'));
  arbiter.claim('1.2', facts('a'));
  t.same(arbiter.release('1.2'), []);
  t.same(arbiter.release('1.1'), []);
  t.equal(arbiter.count, 0);
});

t.test('another log under the same name is refused while the first is connected', async (t) => {
  const arbiter = new Arbiter(9);
  arbiter.claim('1.1', facts('a'));
  t.match(arbiter.claim('1.2', facts('a', 'log-b')), [{ kind: 'refuse', refusal: { code: 'name_taken' } }]);
  arbiter.release('1.1');
  t.equal(arbiter.claim('1.3', facts('a', 'log-b'))[0]?.kind, 'grant');
});
