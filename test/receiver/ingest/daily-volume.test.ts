import t from 'tap';
import { DailyVolume, secondsToMidnight } from '../../../receiver/ingest/daily-volume.ts';

const NOON_MS = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;

t.test('what is sent in a day is counted, and begins anew at midnight UTC', async (t) => {
  const volume = new DailyVolume(100);
  t.equal(volume.add(79, NOON_MS), 'fine');
  t.equal(volume.add(1, NOON_MS), 'near');
  t.equal(volume.leftBytes(NOON_MS), 20);
  t.equal(volume.add(20, NOON_MS + DAY_MS / 2 - 1), 'over');
  t.equal(volume.leftBytes(NOON_MS + DAY_MS / 2 - 1), 0);
  t.equal(volume.leftBytes(NOON_MS + DAY_MS / 2), 100);
  t.equal(volume.add(10, NOON_MS + DAY_MS / 2), 'fine');
});

t.test('secondsToMidnight() is never nothing', async (t) => {
  t.equal(secondsToMidnight(NOON_MS), 43_200);
  t.equal(secondsToMidnight(NOON_MS + DAY_MS / 2 - 1), 1);
  t.equal(secondsToMidnight(NOON_MS + DAY_MS / 2), 86_400);
});
