import t from 'tap';
import { namesWithoutAssertion } from './without-assertion.ts';

t.test('a test that passes without an assertion is found, one that is skipped is not', async (t) => {
  const tap = `TAP version 14
# Subtest: a
    ok 1 - x
    1..1
ok 1 - a # time=9ms

# Subtest: b
    # Subtest: inner
        1..0
    ok 1 - inner # time=1ms
    1..1
ok 2 - b # time=9ms

# Subtest: c
    1..0
ok 3 - c # time=1.5ms

# Subtest: d
    1..0 # SKIP only on Windows
ok 4 - d # SKIP only on Windows
ok 5 - e # SKIP needs root
1..5
`;
  t.strictSame(namesWithoutAssertion(tap), ['inner', 'c']);
});

t.test('so is a file that has no test', async (t) => {
  t.strictSame(namesWithoutAssertion('TAP version 14\n1..0\n'), ['the file']);
  t.strictSame(namesWithoutAssertion('TAP version 14\n1..0 # no tests found\n'), ['the file']);
  t.strictSame(namesWithoutAssertion('TAP version 14\n1..0 # no Chromium on this machine\n'), []);
});
