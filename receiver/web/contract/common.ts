import { z } from 'zod';

/** A time, ms since 1970. */
export const timeMs = z.number().min(-8.64e15).max(8.64e15);

/** The same in a query. */
export const timeMsText = z.coerce.number().min(-8.64e15).max(8.64e15);

/** How many points an answer has at most, in a query. */
export const pointsText = z.coerce.number().int().min(1).max(10_000).default(600);

/** How bad an alert is. */
export const severity = z.enum(['critical', 'warning', 'info']);

/** What somebody may do. */
export const role = z.enum(['admin', 'viewer']);

/** A column of a graph; null where nothing is known. */
export const column = z.array(z.number().nullable()).readonly();

/** What is said instead of an answer. */
export const errorAnswer = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
});

/** A name of a node in a path. */
export const nodeParams = z.object({ name: z.string().min(1).max(64) });
