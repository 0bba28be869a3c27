import t from 'tap';
import { ProblemRelay, type ProblemSink } from '../../receiver/problem-relay.ts';

function listener(): { readonly sink: ProblemSink; readonly heard: string[] } {
  const heard: string[] = [];
  const sink: ProblemSink = {
    raise: ({ key }) => void heard.push(`raise ${key}`),
    clear: (key) => void heard.push(`clear ${key}`),
    report: ({ key }) => void heard.push(`report ${key}`),
  };
  return { sink, heard };
}

function problem(key: string) {
  return { key, severity: 'warning', title: key, detail: '' } as const;
}

t.test('what is told while nobody listens is kept, in order, and a thousand of it at most', async (t) => {
  const relay = new ProblemRelay();
  relay.raise(problem('a'));
  relay.clear('a');
  const first = listener();
  const connected = relay.connect(first.sink);
  relay.report(problem('b'));
  t.same(first.heard, ['raise a', 'clear a', 'report b']);
  connected[Symbol.dispose]();
  for (let n = 0; n < 1500; n++) relay.report(problem(String(n)));
  const second = listener();
  relay.connect(second.sink);
  t.equal(second.heard.length, 1000);
  t.equal(second.heard[0], 'report 0');
  t.equal(first.heard.length, 3);
});

t.test('who leaves late takes nothing from who came after', async (t) => {
  const relay = new ProblemRelay();
  const [before, after] = [listener(), listener()];
  const leaving = relay.connect(before.sink);
  relay.connect(after.sink);
  leaving[Symbol.dispose]();
  relay.clear('x');
  t.same(after.heard, ['clear x']);
});
