import { z } from 'zod';
import { retentionDays } from './schema-retention.ts';

/** How long the graphs reach back. */
export const history = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Whether the receiver keeps a history of the logs, for graphs and for the rules of alerts.'),
    days: z
      .strictObject({
        ten_seconds: retentionDays.default(7).describe('How long history is kept in steps of 10 s.'),
        one_minute: retentionDays.default(30).describe('How long history is kept in steps of 1 min.'),
        quarter_hour: retentionDays.default(365).describe('How long history is kept in steps of 15 min.'),
        two_hours: retentionDays.default(1825).describe('How long history is kept in steps of 2 h.'),
      })
      .prefault({})
      .describe(
        'How long history is kept, in each of its resolutions. The logs themselves have their own limits.',
      ),
    worker_heap_mb: z
      .int()
      .min(64)
      .max(16_384)
      .default(512)
      .meta({ unit: 'MiB' })
      .describe('Heap of the thread that makes the history.'),
  })
  .prefault({})
  .describe(
    'What the graphs are drawn from: `history.db` in the data directory, which can be rebuilt from the logs.',
  );
