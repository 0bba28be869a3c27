import { z } from 'zod';

/** What the receiver is told about single nodes. */
export const nodes = z
  .record(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
      .meta({ allowed: 'the name of a node' }),
    z
      .strictObject({
        tags: z
          .array(z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/))
          .max(20)
          .default([])
          .meta({
            description: 'Words to find and group nodes by, such as "garage".',
            allowed: 'a list of words of small letters, digits, dots and hyphens',
          }),
      })
      .describe('A node.'),
  )
  .prefault({})
  .describe('What the receiver is told about single nodes, by their names.');
