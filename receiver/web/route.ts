import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Caller, Role } from './auth/accounts.ts';

/** A question to the API, checked. */
export interface Asked<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Undefined for a route that anybody may use. */
  readonly caller: Caller | undefined;
  /** Whether who asked may still ask: a stream outlives its request, and is to end with the session. */
  readonly isStillKnown: () => boolean;
  /** Address of the peer. */
  readonly address: string;
  /** For routes that answer by themselves: streams and cookies. */
  readonly reply: FastifyReply;
}

/** What a route takes and gives; from it come the checks and the description in OpenAPI. */
export interface RouteShape {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api`, such as `/nodes/:name`. */
  readonly path: string;
  /** One line for the description. */
  readonly summary: string;
  /** Who may use it: `nobody` in particular, everybody who is signed in, administrators. */
  readonly who: 'nobody' | Role;
  readonly params?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  /** Undefined: 204, or the route answers by itself. */
  readonly answer?: z.ZodType | undefined;
}

/** A route with what it does. */
export interface Route extends RouteShape {
  readonly handle: (asked: Asked<unknown, unknown, unknown>) => unknown;
}

type OutputOf<T> = T extends z.ZodType ? z.output<T> : undefined;

/** Puts a shape and its handler together, which is given what the shape promises and has to give what it says. */
export function route<S extends RouteShape>(
  shape: S,
  handle: (
    asked: Asked<OutputOf<S['params']>, OutputOf<S['query']>, OutputOf<S['body']>>,
  ) => S['answer'] extends z.ZodType ? Promise<z.input<S['answer']>> | z.input<S['answer']> : unknown,
): Route {
  return { ...shape, handle: handle as Route['handle'] };
}
