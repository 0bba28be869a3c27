import { z } from 'zod';
import { size } from './values.ts';

/** An age, days. */
export const retentionDays = z.number().min(0.01).max(36_500).meta({ unit: 'days' });

/** A size of one node's log, bytes. */
export const retentionBytes = size(2 ** 20, 2 ** 50);

/** How long a copy is kept where nothing is said: for ever. Logs are not a thing to lose by default. */
export const keepForever = z
  .strictObject({
    days: retentionDays.optional().meta({
      description:
        'Age in days at which a sealed segment is dropped, if lines of as many later days are kept: a clock that jumps ' +
        'ahead empties no copy.',
      defaultText: 'kept for ever',
    }),
    bytes: retentionBytes.optional().meta({
      description: 'Bytes that the log of one node may take; beyond, its oldest sealed segments are dropped.',
      defaultText: 'no limit',
    }),
  })
  .prefault({});
