import { z } from 'zod';
import { timeMs } from './common.ts';

const position = z.object({ segment: z.int(), offset: z.int(), bytes: z.int() });

/** `GET /api/copies` */
export const copiesAnswer = z.object({
  mirror: z.object({
    directory: z.string(),
    state: z.enum(['ok', 'incomplete', 'late', 'failed', 'missing', 'hanging', 'never']),
    lastRunMs: timeMs.optional(),
    lastBytes: z.int().optional(),
    message: z.string().optional(),
    running: z.boolean(),
  }),
  nodes: z.array(
    z.object({
      name: z.string(),
      /** What the node has at least, since it has sent it; null while it is not connected. */
      node: position.nullable(),
      receiver: position,
      mirror: position.nullable(),
      lagBytes: z.int(),
      lagSeconds: z.number().optional(),
      lastVerify: z
        .object({
          atMs: timeMs,
          /** The verdict is `sound`. */
          ok: z.boolean(),
          verdict: z.enum(['sound', 'not_sound', 'not_proven']),
          message: z.string(),
        })
        .optional(),
    }),
  ),
});

/** `POST /api/copies/verify` */
export const verifyBody = z.object({ node: z.string().max(64).optional() }).prefault({});

/** Events `mirror` and `verify`. */
export const progress = z.object({
  running: z.boolean(),
  done: z.number(),
  total: z.number(),
  message: z.string().optional(),
  ok: z.boolean().optional(),
});
