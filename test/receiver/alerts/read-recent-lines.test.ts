import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readRecentLines } from '../../../receiver/alerts/read-recent-lines.ts';
import { logPaths } from '../../../shared/log/log.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';

const BEGIN = Date.UTC(2026, 10, 20, 21);

/** A log of so many seconds as it lies open: a header, a sample a second, a `top` line every half minute. */
function writeLog(directory: string, seconds: number): void {
  const time = (second: number) => new Date(BEGIN + second * 1_000).toISOString();
  const lines = Array.from({ length: seconds }, (_, second) => [
    `{"t":"${time(second)}","up":${second},"cpu":{"util":{"idle":0.9}},"pad":"${'x'.repeat(700)}"}`,
    ...(second % 30 === 0 ? [`{"t":"${time(second)}","top":{"cpu":[],"mem":[]},"n":${second}}`] : []),
  ]);
  const header = { format: 1, log: '0197a9f0-0000-7000-8000-000000000000', node: '7', number: 1, boot: 'b' };
  const all = [JSON.stringify({ t: time(0), segment: header }), ...lines.flat(), '{"t":"half a li'];
  writeFileSync(join(directory, 'node-7.log'), all.join('\n'));
}

t.test('of the last hour every fifteenth second is read, and the newest of all', async (t) => {
  const directory = t.testdir();
  writeLog(directory, 7_200);
  const paths = logPaths(directory, parseNodeName('7'));
  const began = performance.now();
  const { samples, top } = await readRecentLines(paths, 'hour');
  t.comment(`${(performance.now() - began).toFixed(0)} ms`);
  t.match(JSON.parse(samples.at(-1) ?? ''), { up: 7_199 });
  t.match(JSON.parse(samples.at(-2) ?? ''), { up: 7_184 });
  t.ok(samples.length >= 240 && samples.length < 280, `${samples.length}`);
  t.match(JSON.parse(top ?? ''), { n: 7_170 });
});

t.test('a moment is read quickly; a young log gives what it has', async (t) => {
  const directory = t.testdir();
  writeLog(directory, 20);
  const paths = logPaths(directory, parseNodeName('7'));
  t.equal((await readRecentLines(paths, 'now')).samples.length, 2);
  const nobody = logPaths(directory, parseNodeName('8'));
  t.same(await readRecentLines(nobody, 'hour'), { samples: [], top: undefined });
});
