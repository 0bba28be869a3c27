import { z } from 'zod';
import { retentionBytes, retentionDays } from './schema-retention.ts';
import { directory, joinCode, nodeName, receiverList, seconds } from './values.ts';

/** A node's own log is kept for a while only: its drive is often an SD card, and the receiver has everything. */
const retention = z
  .strictObject({
    days: retentionDays
      .default(7)
      .describe('Age in days at which a sealed segment is dropped, if a receiver has acknowledged it.'),
    bytes: retentionBytes
      .prefault('2 GiB')
      .describe('Bytes that the log may take; beyond, its oldest acknowledged sealed segments are dropped.'),
  })
  .prefault({})
  .describe('How long the node keeps its own log.');

/** Keys of the program on every node. */
export const sender = z
  .strictObject({
    data_directory: directory
      .prefault('data/sender')
      .describe('Where the sender keeps the log of its node, its own state and its control socket.'),
    node_name: nodeName.optional().meta({
      description:
        'Name that this node would like when it joins. Its log is called `node-NAME.log` on every copy.',
      defaultText: 'made of the host name',
    }),
    join_code: joinCode.optional().meta({
      description:
        'A code of `fleetkeep-receiver join-code`, used at the first start, for example in an image for many machines. ' +
        'A machine that has joined does not use it again.',
      defaultText: 'none; `fleetkeep-sender start --join CODE` does the same by hand',
      isSecret: true,
    }),
    receivers: receiverList.optional().meta({
      description:
        'Where the receiver is tried, in turn, whatever the join code says. Without a port: `port`.',
      defaultText: 'the addresses in the join code, then `host` and `port`',
    }),
    sleeptime: seconds(0.1, 3600).optional().meta({
      description: 'Seconds between two samples of this node, whatever the receiver says.',
      defaultText: 'what the receiver says; before it is heard, the top-level `sleeptime`',
    }),
    sync_seconds: seconds(0, 3600)
      .default(5)
      .describe(
        'Seconds between two syncs of the local copy to disk; 0 to sync every sample. A power cut of the node costs ' +
          'at most this much of what no receiver has acknowledged.',
      ),
    top_processes_seconds: seconds(0, 86_400)
      .default(30)
      .describe('Seconds between two looks at the processes that use most; 0 for never.'),
    inventory_seconds: seconds(1, 30 * 86_400)
      .default(3600)
      .describe(
        'Seconds between two inventories (hardware, operating system, disks). One is made at every start.',
      ),
    receiver_lost_after_seconds: seconds(0, 30 * 86_400)
      .default(300)
      .describe(
        'Seconds without any receiver after which the sender itself sends a mail to `to_addr`, and another when there is one ' +
          'again; 0 for never. Needs `mail.smtp` in the config.json of the sender.',
      ),
    retention,
  })
  .prefault({})
  .describe('The program on every node.');
