import fc from 'fast-check';
import t from 'tap';
import { UserError } from '../../../shared/errors/errors.ts';
import { nodeNameFromHost, parseNodeName } from '../../../shared/names/node-name.ts';
import { holds } from '../../helpers/holds.ts';

t.test('parseNodeName() takes what may stand in a path, a mail header and a page', async (t) => {
  for (const name of ['7', 'pi', 'a-b', 'a'.repeat(63)]) t.equal(parseNodeName(name), name);
});

t.test('parseNodeName() takes the name of the log for the name of the node', async (t) => {
  t.equal(parseNodeName('node-7'), '7');
  t.equal(parseNodeName('node-node-7'), '7');
  t.equal(parseNodeName('node'), 'node');
});

t.test('parseNodeName() refuses everything else, and says what is allowed', async (t) => {
  const wrong = ['', '-a', 'A', 'a b', 'a.b', 'a/b', '..', 'a\n', 'ä', 'node-', 'a'.repeat(64), 'node-@x'];
  for (const text of wrong) {
    t.throws(() => parseNodeName(text), { name: 'UserError', code: 'NODE_NAME_INVALID', hint: /a-z, 0-9/ });
  }
});

t.test('parseNodeName() changes nothing the second time', async (t) => {
  await holds(
    t,
    fc.property(fc.stringMatching(/^[a-z0-9-]{1,70}$/), (text) => {
      const once = tryParse(text);
      return once === undefined || tryParse(once) === once;
    }),
  );
});

t.test('nodeNameFromHost() keeps the first label, in lower case', async (t) => {
  t.equal(nodeNameFromHost('Living-Room.lan'), 'living-room');
  t.equal(nodeNameFromHost('node-7.example.org'), '7');
  t.equal(nodeNameFromHost('Ann’s MacBook Pro'), 'ann-s-macbook-pro');
});

t.test('nodeNameFromHost() keeps the whole of an address, with hyphens', async (t) => {
  t.equal(nodeNameFromHost('192.168.1.10'), '192-168-1-10');
  t.equal(nodeNameFromHost('192.168.1.10.lan'), '192-168-1-10');
  t.equal(nodeNameFromHost('10.example.org'), '10', 'a name that only begins with a number is none');
  t.equal(nodeNameFromHost('2001:DB8::7'), '2001-db8-7');
  t.equal(nodeNameFromHost('::ffff:192.0.2.2'), 'ffff-192-0-2-2');
});

t.test('nodeNameFromHost() makes a node name of any host name at all', async (t) => {
  await holds(
    t,
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (host) => {
      const name = nodeNameFromHost(host);
      return parseNodeName(name) === name;
    }),
  );
  t.equal(nodeNameFromHost('ノード'), 'local');
  t.equal(nodeNameFromHost(''), 'local');
});

function tryParse(text: string): string | undefined {
  try {
    return parseNodeName(text);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
