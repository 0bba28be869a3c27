import t from 'tap';
import { describeError, errnoOf, UsageError, UserError } from '../../../shared/errors/errors.ts';

t.test('describeError() tells the whole chain, each error once', async (t) => {
  const disk = new Error('ENOSPC: no space left on device');
  const write = new Error('cannot append to node-7.log', { cause: disk });
  t.equal(describeError(write), 'cannot append to node-7.log: ENOSPC: no space left on device');
  t.equal(describeError(new Error('the same', { cause: new Error('the same') })), 'the same');
  t.equal(describeError(new TypeError('')), 'TypeError', 'an error without words tells its name');
});

t.test('describeError() tells every error of a group that has no words of its own', async (t) => {
  const group = new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]);
  t.equal(describeError(group), 'refused by ::1; refused by 127.0.0.1');
});

t.test('describeError() ends where causes lead in a circle', async (t) => {
  const first = new Error('first');
  const second = new Error('second', { cause: first });
  first.cause = second;
  t.equal(describeError(first), 'first: second');

  const inner = new Error('inner');
  const group = new AggregateError([inner]);
  inner.cause = group;
  t.equal(describeError(group), 'inner');
});

t.test('describeError() prints whatever else was thrown', async (t) => {
  t.equal(describeError('just text'), 'just text');
  t.equal(describeError(undefined), 'undefined');
  t.equal(describeError(null), 'null');
  t.equal(describeError({ status: 503 }), '{ status: 503 }');
  t.equal(describeError(Object.create(null)), '[Object: null prototype] {}');
  t.equal(describeError(new Error('outer', { cause: 'text below' })), 'outer: text below');
});

t.test('errnoOf() gives the code of a system error, and no other', async (t) => {
  t.equal(errnoOf(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })), 'ECONNREFUSED');
  t.equal(errnoOf(Object.assign(new Error('x'), { code: 535 })), undefined);
  t.equal(errnoOf(new UserError('DISK_FULL', 'x')), undefined, 'a code of ours is not one of the system');
  t.equal(errnoOf('ENOENT'), undefined);
});

t.test('a UsageError is a UserError that keeps code, hint and cause', async (t) => {
  const cause = new Error('below');
  const error = new UsageError('USAGE', 'no such flag', { hint: 'Try --help.', cause });
  t.ok(error instanceof UserError);
  t.match(error, { name: 'UsageError', code: 'USAGE', hint: 'Try --help.', cause });
});
