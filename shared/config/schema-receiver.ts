import { z } from 'zod';
import { limits } from './schema-limits.ts';
import { keepForever } from './schema-retention.ts';
import { directory, file, host, seconds } from './values.ts';

/** Keys of the program on the server. */
export const receiver = z
  .strictObject({
    data_directory: directory
      .prefault('data/receiver')
      .describe('Where the receiver keeps the logs of all nodes, its own state and its control socket.'),
    listen_address: host.optional().meta({
      description:
        'Address on which the receiver listens, if not `host`; "0.0.0.0" or "::" for every one it has.',
      defaultText: 'the value of `host`',
    }),
    join_addresses: z.array(host).min(1).max(16).optional().meta({
      description: 'Addresses that join codes name, to try in turn: where nodes find this receiver.',
      defaultText:
        'the address that it listens on; when it listens on every one, `host` or the addresses of this machine',
    }),
    workers: z
      .int()
      .min(0)
      .max(64)
      .default(0)
      .describe('Number of threads that take in logs; 0 for one per processor core.'),
    commit_seconds: seconds(0, 10)
      .default(0.2)
      .describe(
        'Seconds for which received bytes may be gathered before they are synced to disk and acknowledged. ' +
          'A power cut of the receiver loses nothing by a larger value, since senders send again what was not acknowledged.',
      ),
    acknowledge_seconds: seconds(0, 15)
      .default(5)
      .describe(
        'Seconds for which the acknowledgements of a node that sends little are gathered. Each wakes the node, and costs both sides as ' +
          'much as a sample. A node that catches up is answered at once.',
      ),
    worker_heap_mb: z
      .int()
      .min(64)
      .max(16_384)
      .default(512)
      .meta({ description: 'Largest heap of each of these threads, MiB.', unit: 'MiB' }),
    hello_timeout_seconds: seconds(0.1, 300)
      .default(10)
      .describe('Seconds that a new connection may take to say who it is.'),
    silence_timeout_seconds: seconds(0.1, 3600)
      .default(20)
      .describe(
        'Seconds without a sign of life after which a connection counts as lost. One that says nothing is asked after half of that.',
      ),
    certificate_file: file.optional().meta({
      description:
        'Certificate of the receiver (PEM, with those that vouch for it behind it), if it is not to make its own. ' +
        'Another one than that in use is first announced to the nodes, and used when all of them know it.',
      defaultText: 'made at the first start',
    }),
    key_file: file.optional().meta({
      description: 'The key of `certificate_file` (PEM).',
      defaultText: 'made at the first start',
    }),
    limits,
    retention: keepForever.describe('How long the receiver keeps the log of each node.'),
  })
  .prefault({})
  .describe('The program on the server.');
