import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import t from 'tap';
import type { LogLevel } from '../../../shared/logging/logger.ts';

const MODULE = new URL('../../../shared/logging/logger.ts', import.meta.url).href;

t.test(
  'a logger writes JSON to standard error, where it is no terminal, and nothing to standard output',
  async (t) => {
    const { stdout, lines } = runLogger('info');
    t.equal(stdout, '');
    t.match(lines, [
      { level: 30, part: 'ingest', node: '7', msg: 'connected', time: /^\d{4}-\d\d-\d\dT.*Z$/ },
      { level: 50, part: 'ingest', msg: 'cannot write', err: { message: 'disk full', stack: String } },
    ]);
    t.notOk(lines.some((line) => 'pid' in line || 'hostname' in line));
  },
);

t.test('a logger says what its level lets through', async (t) => {
  t.strictSame(messagesAt('debug'), ['detail', 'connected', 'cannot write']);
  t.strictSame(messagesAt('error'), ['cannot write']);
  t.strictSame(messagesAt('silent'), []);
});

t.test('what was logged before a sudden end has been written', async (t) => {
  t.equal(runLogger('info').code, 3);
});

const NO_FULL_DEVICE = existsSync('/dev/full') ? false : 'there is no /dev/full here';

t.test('a program goes on when its own log cannot be written', { skip: NO_FULL_DEVICE }, async (t) => {
  t.equal(runLogger('info', openSync('/dev/full', 'w')).code, 3);
});

function messagesAt(level: LogLevel): readonly unknown[] {
  return runLogger(level).lines.map(({ msg }) => msg);
}

/** Runs a program that logs three lines and exits at once, with code 3. */
function runLogger(level: LogLevel, stderr: 'pipe' | number = 'pipe') {
  const program = `
    import { createLogger } from ${JSON.stringify(MODULE)};
    const log = createLogger(${JSON.stringify(level)}).child({ part: 'ingest' });
    log.debug('detail');
    log.info({ node: '7' }, 'connected');
    log.error({ err: new Error('disk full') }, 'cannot write');
    process.exit(3);`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', stderr],
    encoding: 'utf8',
  });
  const lines = (child.stderr ?? '').split('\n').filter((line) => line !== '');
  return {
    code: child.status,
    stdout: child.stdout,
    lines: lines.map((line): Record<string, unknown> => JSON.parse(line)),
  };
}
