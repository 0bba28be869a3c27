import { join } from 'node:path';
import t from 'tap';
import { openHistoryStore } from '../../../receiver/history/history-store.ts';
import { Indexer } from '../../../receiver/history/indexer.ts';
import { TIERS } from '../../../receiver/history/tiers.ts';
import { logPaths } from '../../../shared/log/log.ts';
import { parseNodeName } from '../../../shared/names/node-name.ts';
import { openWriter, rememberingSealer } from '../../helpers/logs.ts';
import { simulateNode } from '../../helpers/simulated-node.ts';

const DAY_MS = 86_400_000;
const SEVEN = parseNodeName('7');
const KEPT_MS = [7, 30, 365, 1825].map((days) => days * DAY_MS);

t.test('what is too old goes, but not because the receiver’s clock jumped ahead', async (t) => {
  const root = t.testdir();
  let nowMs = Date.UTC(2026, 10, 20, 12);
  await using sealer = rememberingSealer().sealer;
  await using writer = await openWriter(logPaths(join(root, 'logs'), SEVEN), { sealer }, nowMs);
  using store = openHistoryStore(join(root, 'history.db'));
  const failed = (error: unknown) => t.error(error);
  const onTrouble = (_node: string, message: string) => t.fail(message);
  const options = {
    logsRoot: join(root, 'logs'),
    store,
    now: () => nowMs,
    monotonic: () => nowMs,
    onTrouble,
    onFailed: failed,
  };
  const indexer = new Indexer(options);

  async function sampleForAnHour(): Promise<void> {
    const sample = simulateNode(7);
    for (let n = 0; n < 360; n++) {
      nowMs += 10_000;
      writer.append(sample(nowMs), nowMs);
    }
    indexer.moved([SEVEN], true);
    await indexer.idle();
    indexer.commit(true);
  }
  const [finest] = TIERS;
  const { id } = store.node(SEVEN);
  /** Rows of the finest tier that begin before a time. */
  function storedBefore(atMs: number): number {
    const bucket = Math.floor(atMs / finest.stepMs);
    const buckets = store.buckets(finest, id, 0, bucket).length;
    return buckets + store.blocks(finest, id, 0, Math.floor(bucket / finest.slots)).length;
  }

  await sampleForAnHour();
  const between = nowMs + DAY_MS;
  t.ok(storedBefore(between) > 0);
  nowMs += 365 * DAY_MS;
  indexer.prune(KEPT_MS);
  t.ok(storedBefore(between) > 0, 'a year ahead, while the nodes are not');
  nowMs -= 355 * DAY_MS;
  await sampleForAnHour();
  indexer.prune(KEPT_MS);
  t.equal(storedBefore(between), 0, 'ten days later, as the node says, too');
  await indexer.stop();
});
