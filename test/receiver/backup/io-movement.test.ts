import t from 'tap';
import { createIoMovement } from '../../../receiver/backup/io-movement.ts';

t.test('calls that come back are movement, each told once', async (t) => {
  const movement = createIoMovement();
  t.notOk(movement.hasMoved(1000), 'the first reading says nothing');
  t.ok(movement.hasMoved(1400));
  t.notOk(movement.hasMoved(1400));
  t.ok(movement.hasMoved(1403));
});

t.test('one a reading is movement as well: a slow drive is slow', async (t) => {
  const movement = createIoMovement();
  const told = Array.from({ length: 12 }, (_, n) => movement.hasMoved(n));
  t.equal(told.filter(Boolean).length, 3);
});

t.test('what V8 does by itself every eight seconds is not', async (t) => {
  const movement = createIoMovement();
  const told = Array.from({ length: 1000 }, (_, n) => movement.hasMoved(Math.floor(n / 32)));
  t.notOk(told.includes(true));
});
