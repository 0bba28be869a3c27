import { z } from 'zod';
import { role, timeMs } from './common.ts';

const password = z.string().max(200);
const userName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'small letters, digits, dots, hyphens, at most 63');

/** `GET /api/session` */
export const sessionAnswer = z.object({ user: z.string(), role, csrf: z.string(), version: z.string() });

/** `POST /api/session` */
export const signInBody = z.object({ user: z.string().max(63), password });

/** `POST /api/setup` */
export const setupBody = z.object({ token: z.string().max(100), password });

/** `GET /api/users` */
export const usersAnswer = z.array(z.object({ name: z.string(), role }));

/** `POST /api/users` */
export const userBody = z.object({ name: userName, role, password });

/** `DELETE /api/users/:name` */
export const userParams = z.object({ name: z.string().max(63) });

/** `GET /api/tokens` */
export const tokensAnswer = z.array(
  z.object({ id: z.int(), name: z.string(), role, createdMs: timeMs, lastUsedMs: timeMs.nullable() }),
);

/** `POST /api/tokens` */
export const tokenBody = z.object({ name: z.string().min(1).max(100), role: role.default('viewer') });

/** Its answer: the token is shown this once. */
export const tokenAnswer = z.object({ id: z.int(), token: z.string() });

/** `DELETE /api/tokens/:id` and others with a number. */
export const idParams = z.object({ id: z.coerce.number().int().min(1) });
