import t from 'tap';
import { hasColours } from '../../../shared/cli/has-colours.ts';

t.test('hasColours() follows NO_COLOR, FORCE_COLOR, TERM and the stream', async (t) => {
  const [terminal, pipe] = [{ isTTY: true }, {}];
  for (const [stream, env, expected] of [
    [terminal, { TERM: 'xterm-256color' }, true],
    [terminal, {}, true],
    [pipe, { TERM: 'xterm' }, false],
    [terminal, { TERM: 'dumb' }, false],
    [terminal, { NO_COLOR: '1' }, false],
    [terminal, { NO_COLOR: '0' }, false],
    [terminal, { NO_COLOR: '' }, true],
    [pipe, { FORCE_COLOR: '1' }, true],
    [terminal, { FORCE_COLOR: '0' }, false],
    [pipe, { FORCE_COLOR: '3', NO_COLOR: '1' }, false],
    [terminal, { FORCE_COLOR: '', TERM: 'dumb' }, false],
  ] as const)
    t.equal(hasColours(stream, env), expected, JSON.stringify({ ...stream, ...env }));
});
