import t from 'tap';
import { sparklinePaths } from '../../../../receiver/web/client/src/parts/sparkline-path.ts';

const BOX = { width: 30, height: 12 };
const SCALE = { min: 0, max: 10 };

t.test('a column is a line from left to right, with its area below', async (t) => {
  const { line, area } = sparklinePaths([0, 10, 5, 0], SCALE, BOX);
  t.equal(line, 'M0.0 11.0L10.0 1.0L20.0 6.0L30.0 11.0');
  t.equal(area, `${line}V12H0.0Z`);
});

t.test('where nothing is known there is no line, and a lone value is a dash', async (t) => {
  t.equal(sparklinePaths([10, 10, null, 0], SCALE, BOX).line, 'M0.0 1.0L10.0 1.0M25.0 11.0H30.0');
  t.strictSame(sparklinePaths([null, null], SCALE, BOX), { line: '', area: '' });
  t.strictSame(sparklinePaths([], SCALE, BOX), { line: '', area: '' });
});

t.test('values beyond the scale stay in the box', async (t) => {
  t.equal(sparklinePaths([-50, 50], SCALE, BOX).line, 'M0.0 11.0L30.0 1.0');
});
