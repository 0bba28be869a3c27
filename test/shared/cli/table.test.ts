import t from 'tap';
import { formatTable } from '../../../shared/cli/table.ts';

const COLUMNS = [{ title: 'NODE' }, { title: 'LAG', align: 'right' }, { title: 'STATE' }] as const;

await t.test('formatTable() aligns columns and leaves no blanks at the end', async (t) => {
  const table = formatTable(COLUMNS, [
    ['attic', '3 s', 'up'],
    ['b', '12 min 4 s', ''],
    ['büro', ''],
  ]);
  t.equal(table, 'NODE          LAG  STATE\nattic         3 s  up\nb      12 min 4 s\nbüro\n');
});

await t.test('formatTable() prints titles alone when there is nothing', async (t) => {
  t.equal(formatTable(COLUMNS, []), 'NODE  LAG  STATE\n');
});

await t.test(
  'cli invariant 4: a cell cannot move the cursor, break the line or turn the text around',
  async (t) => {
    const table = formatTable([{ title: 'OS' }], [['\u001b[2J\r\nroot\u202etxt']]);
    t.equal(table, 'OS\n�[2J��root�txt\n');
  },
);
