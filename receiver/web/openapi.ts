import { z } from 'zod';
import { VERSION } from '../../shared/names/version.ts';
import { errorAnswer } from './contract/common.ts';
import type { Route } from './route.ts';

/** Describes the API in OpenAPI 3.1, from the schemas that check it. */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = `/api${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describe(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Fleetkeep receiver',
      version: VERSION,
      description:
        'Times are ms since 1970, ratios 0–1, sizes bytes. Sign in by POST /api/session, or send an API token. ' +
        'With a session, everything but GET needs the header x-fleetkeep-csrf with the token that GET /api/session gives.',
    },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'fleetkeep_session' },
      },
    },
    paths,
  };
}

function describe({ summary, who, params, query, body, answer }: Route): object {
  return {
    summary,
    ...(who === 'nobody' ? {} : { security: [{ token: [] }, { session: [] }] }),
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }),
    responses: {
      ...(answer === undefined
        ? { 204: { description: 'It is done.' } }
        : {
            200: {
              description: summary,
              content: { 'application/json': { schema: schemaOf(answer, 'output') } },
            },
          }),
      default: {
        description: 'It was refused.',
        content: { 'application/json': { schema: schemaOf(errorAnswer, 'output') } },
      },
    },
  };
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): readonly object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    readonly properties?: Readonly<Record<string, object>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, one]) => ({
    ...{ name, in: place, schema: one },
    required: place === 'path' || required.includes(name),
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
