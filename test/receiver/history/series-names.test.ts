import t from 'tap';
import { seriesName } from '../../../receiver/history/series-names.ts';

t.test('a series is called by its family and its part, however many there are', (t) => {
  // More than are remembered, each twice.
  const names = Array.from({ length: 12_000 }, (_, index) => [`eth${index}`, `eth${index}`]).flat();
  t.strictSame(
    names.filter((name) => seriesName('net.rx:', name) !== `net.rx:${name}`),
    [],
  );
  t.equal(seriesName('net.tx:', 'eth1'), 'net.tx:eth1', 'the same part in another family');
  t.equal(seriesName('fs.used:', ''), 'fs.used:');
  t.end();
});
