import t from 'tap';
import { renderStatus } from '../../../sender/commands/render-status.ts';
import type { SenderStatus } from '../../../sender/status.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);

function statusWith(
  kind: 'connected' | 'connecting',
  acknowledged: SenderStatus['uplink']['acknowledged'],
): SenderStatus {
  return {
    pid: 7,
    version: '0.2.0',
    started: new Date(NOW_MS - 60_000).toISOString(),
    node: 'pi',
    data_directory: '/var/lib/fleetkeep',
    log: { id: 'x', path: '/logs/node-pi.log', end: { segment: 2, offset: 100_000 }, oldest: 1, lost: [] },
    sleeptime: 1,
    uplink: { kind, receiver: '10.0.0.1:4280', sinceMs: NOW_MS - 50_000, acknowledged, doubt: undefined },
    recorder: { samples: 60, lastSampleAtMs: NOW_MS, losing: undefined },
  };
}

function behind(status: SenderStatus): string | undefined {
  return /^behind +(.*)$/m.exec(renderStatus(status, NOW_MS))?.[1];
}

t.test('status says how far the receiver is behind, and when that is nothing to worry about', async (t) => {
  const at = (offset: number) => ({ segment: 2, offset });
  t.equal(behind(statusWith('connected', at(100_000))), 'nothing: the receiver has acknowledged all of it');
  const few = '3000 bytes are not acknowledged yet';
  t.equal(behind(statusWith('connected', at(97_000))), `${few}, which is normal for a few seconds`);
  t.equal(behind(statusWith('connecting', at(97_000))), few);
  t.equal(behind(statusWith('connected', at(10_000))), '90000 bytes are not acknowledged yet');
  t.equal(behind(statusWith('connected', { segment: 1, offset: 5 })), 'the receiver is in segment 1 of 2');
  t.match(behind(statusWith('connecting', undefined)), 'no receiver has acknowledged anything');
});
