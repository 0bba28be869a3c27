import { z } from 'zod';
import { severity, timeMs } from './common.ts';

const alert = z.object({
  id: z.int(),
  key: z.string(),
  rule: z.string(),
  node: z.string().optional(),
  severity,
  title: z.string(),
  detail: z.string().optional(),
  sinceMs: timeMs,
  resolvedMs: timeMs.optional(),
  acknowledged: z.object({ by: z.string(), atMs: timeMs, why: z.string().optional() }).optional(),
  silenced: z.string().optional(),
  /** Alerts with the same number were told in one message: nodes that were lost together. */
  group: z.int().optional(),
});

/** `GET /api/alerts` */
export const alertsQuery = z.object({ limit: z.coerce.number().int().min(1).max(5000).default(200) });

/** Its answer; the history begins with the newest. */
export const alertsAnswer = z.object({
  firing: z.array(alert),
  history: z.array(alert),
  /** Why messages cannot be sent; left out while they can. */
  mailTrouble: z.string().optional(),
});

/** `POST /api/alerts/:id/ack` */
export const acknowledgeBody = z
  .object({
    why: z.string().max(1000).default(''),
    /** Others that are acknowledged along with it. */
    others: z.array(z.int()).max(10_000).default([]),
  })
  .prefault({});

/** `GET /api/silences` */
export const silencesAnswer = z.array(
  z.object({
    id: z.int(),
    pattern: z.string(),
    why: z.string(),
    by: z.string(),
    beginsMs: timeMs,
    endsMs: timeMs,
  }),
);

/** `POST /api/silences` */
export const silenceBody = z.object({
  pattern: z.string().trim().min(1).max(20_000),
  forSeconds: z
    .number()
    .min(1)
    .max(366 * 86_400),
  why: z.string().max(1000).default(''),
});

/** `GET /api/rules` */
export const rulesAnswer = z.object({
  rules: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      severity,
      raise: z.union([z.number(), z.string()]).optional(),
      clear: z.union([z.number(), z.string()]).optional(),
      forSeconds: z.number().optional(),
      enabled: z.boolean(),
    }),
  ),
  states: z.array(
    z.object({
      rule: z.string(),
      node: z.string(),
      object: z.string().optional(),
      state: z.enum(['ok', 'pending', 'firing']),
      value: z.number().nullable(),
    }),
  ),
});

/** `GET /api/outbox` */
export const outboxAnswer = z.array(
  z.object({
    id: z.int(),
    messageId: z.string(),
    subject: z.string(),
    to: z.string(),
    state: z.string(),
    attempts: z.int(),
    createdMs: timeMs,
    sentMs: timeMs.nullable(),
    lastError: z.string().nullable(),
  }),
);

/** `GET /api/outbox/:id` */
export const messageAnswer = z.object({
  subject: z.string(),
  to: z.string(),
  text: z.string(),
  html: z.string().nullable(),
});
