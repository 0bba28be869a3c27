import fc from 'fast-check';
import t from 'tap';
import { formatRoute, parseRoute } from '../../../../receiver/web/client/src/route.ts';

t.test('an address says the page, the name and the query', async (t) => {
  t.strictSame(parseRoute('#/node/kitchen?last=3600'), {
    page: 'node',
    name: 'kitchen',
    query: { last: '3600' },
  });
  t.strictSame(parseRoute('#/setup/TOKEN'), { page: 'setup', name: 'TOKEN', query: {} });
  for (const hash of ['', '#', '#/', '#/?']) t.match(parseRoute(hash), { page: 'fleet', name: undefined });
});

t.test('whatever a node is called, its address leads back to its name', async (t) => {
  const check = fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (name, filter) => {
    const route = parseRoute(formatRoute('node', name, { filter, empty: '', none: undefined }));
    return route.name === name && route.query['filter'] === filter && Object.keys(route.query).length === 1;
  });
  t.doesNotThrow(() => fc.assert(check));
});

t.test('an address that cannot be decoded is taken as it stands', async (t) => {
  t.equal(parseRoute('#/node/%E0%A4%A').name, '%E0%A4%A');
});
