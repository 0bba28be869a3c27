import { z } from 'zod';
import { column, pointsText, severity, timeMs, timeMsText } from './common.ts';

/** What a node is doing. */
export const nodeState = z.enum(['up', 'late', 'down', 'unknown', 'planned-off', 'revoked']);

/** The newest sample of a node; `values` by name of the series. */
export const latest = z.object({ atMs: timeMs, values: z.record(z.string(), z.number()) });

/** A node, without its graphs. */
export const nodeInfo = z.object({
  name: z.string(),
  state: nodeState,
  sinceMs: timeMs,
  tags: z.array(z.string()).readonly(),
  hostName: z.string(),
  address: z.string(),
  version: z.string(),
  connected: z.boolean(),
  end: z.string().optional(),
  uptimeSeconds: z.number().optional(),
  latest: latest.nullable(),
  firing: z.int(),
});

/** `GET /api/fleet` */
export const fleetAnswer = z.object({
  nowMs: timeMs,
  sleeptime: z.number(),
  /** Since when `sleeptime` is what was set here, and what config.json says; null while config.json decides. */
  sleeptimeSetting: z.object({ setMs: timeMs, configured: z.number() }).nullable(),
  nodes: z.array(nodeInfo.extend({ sparklines: z.record(z.string(), column) })).readonly(),
});

/** `GET /api/nodes/:name` */
export const rangeQuery = z.object({ fromMs: timeMsText.optional(), toMs: timeMsText.optional() });

/** Its answer. */
export const nodeAnswer = z.object({
  node: nodeInfo,
  logId: z.string(),
  inventory: z.record(z.string(), z.unknown()).nullable(),
  seriesNames: z.array(z.string()).readonly(),
  sleeptime: z.number(),
  bands: z.array(
    z.object({
      kind: z.enum(['outage', 'alert']),
      fromMs: timeMs,
      toMs: timeMs.nullable(),
      title: z.string(),
      severity: severity.optional(),
    }),
  ),
});

/** `GET /api/nodes/:name/series` */
export const seriesQuery = z.object({
  names: z
    .string()
    .max(20_000)
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .pipe(z.array(z.string().max(200)).min(1).max(200)),
  fromMs: timeMsText,
  toMs: timeMsText,
  points: pointsText,
});

const columns = z.object({ mean: column, min: column, max: column });

/** Its answer: evenly spaced points. */
export const seriesAnswer = z.object({
  stepMs: z.number(),
  timesMs: z.array(timeMs).readonly(),
  series: z.record(z.string(), columns).readonly(),
});

/** `GET /api/series-families` */
export const familiesAnswer = z.array(z.object({ name: z.string(), unit: z.string(), title: z.string() }));

/** `GET /api/nodes/:name/top` */
export const topQuery = z.object({ atMs: timeMsText });

const process = z.object({ pid: z.number(), name: z.string(), cpu: z.number(), rss: z.number() });

/** Its answer. */
export const topAnswer = z.object({
  atMs: timeMs,
  cpu: z.array(process).readonly(),
  mem: z.array(process).readonly(),
});

/** `GET /api/nodes/:name/log` */
export const logQuery = z.object({
  fromMs: timeMsText,
  toMs: timeMsText,
  format: z.enum(['ndjson', 'csv']).default('ndjson'),
});

/** `GET /api/nodes/:name/tail` */
export const tailQuery = z.object({ filter: z.string().max(200).default('') });

/** `GET /api/compare` */
export const compareQuery = z.object({
  name: z.string().min(1).max(200),
  nodes: z.string().max(20_000).default('*'),
  fromMs: timeMsText,
  toMs: timeMsText,
  points: pointsText,
});

/** Its answer. */
export const compareAnswer = z.object({
  stepMs: z.number(),
  timesMs: z.array(timeMs).readonly(),
  nodes: z.record(z.string(), column),
});

/** `POST /api/nodes/:name/revoke` and `planned-off`. */
export const whyBody = z.object({ why: z.string().max(200).default('') }).prefault({});

/** `POST /api/nodes/:name/planned-off` */
export const plannedOffBody = z
  .object({
    forSeconds: z
      .number()
      .min(1)
      .max(366 * 86_400)
      .optional(),
    why: z.string().max(1000).default(''),
  })
  .prefault({});

/** `POST /api/nodes/:name/rename` */
export const renameBody = z.object({ to: z.string().min(1).max(64) });

/** `PUT /api/interval` */
export const intervalBody = z.object({ seconds: z.number().min(0.1).max(3600) });

/** `POST /api/join-codes` */
export const joinCodeBody = z.object({
  uses: z.int().min(1).max(10_000).default(1),
  expiresSeconds: z
    .number()
    .min(60)
    .max(366 * 86_400)
    .default(86_400),
  node: z.string().max(64).optional(),
});

/** Its answer. */
export const joinCodeAnswer = z.object({ code: z.string(), line: z.string(), expiresMs: timeMs });
