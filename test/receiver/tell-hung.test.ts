import t from 'tap';
import type { ProblemSink } from '../../receiver/problem-relay.ts';
import { tellHung } from '../../receiver/tell-hung.ts';

t.test('a worker that is stuck is a problem until it is ended; one that was ended is told of', async (t) => {
  const told: string[] = [];
  const sink: ProblemSink = {
    raise: ({ key, severity }) => told.push(`raise ${key}, ${severity}`),
    clear: (key) => told.push(`clear ${key}`),
    report: ({ key, severity }) => told.push(`report ${key}, ${severity}`),
  };
  tellHung(sink, 'ingest', 'stuck');
  tellHung(sink, 'ingest', 'ended');
  t.strictSame(told, ['raise stuck ingest, critical', 'clear stuck ingest', 'report hung ingest, warning']);
});
