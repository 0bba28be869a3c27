import { z } from 'zod';
import { size } from './values.ts';

/** What peers of the receiver may do at most. The defaults are far from what a fleet needs, and near enough to stop a flood. */
export const limits = z
  .strictObject({
    frame_bytes: size(64 * 2 ** 10, 2 ** 20)
      .prefault('1 MiB')
      .describe('Largest frame of a node. Whoever has not proven who it is gets 64 KiB.'),
    line_bytes: size(2 ** 10, 2 ** 20)
      .prefault('64 KiB')
      .describe('Longest line of a log. A node that sends a longer one is refused.'),
    unread_bytes: size(64 * 2 ** 10, 2 ** 30)
      .prefault('2 MiB')
      .describe('Bytes that may wait for a node that does not read; beyond, its connection is ended.'),
    newcomers: z
      .int()
      .min(1)
      .max(100_000)
      .default(1000)
      .describe(
        'Connections at once that have not proven who they are. More are cut off; senders try again.',
      ),
    newcomers_per_address: z.int().min(1).max(100_000).default(100).describe('The same of one address.'),
    failed_attempts: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(10)
      .describe(
        'Wrong proofs of one address within an hour after which an alert is sent. Each is answered more slowly than the one before.',
      ),
    bytes_per_day: size(2 ** 20, 2 ** 50)
      .prefault('10 GiB')
      .describe(
        'Bytes that one node may send in a day (UTC). At 80 % an alert is sent; at 100 % the node is refused until midnight, ' +
          'and keeps its own log meanwhile.',
      ),
  })
  .prefault({})
  .describe('What nodes and strangers may do at most.');
