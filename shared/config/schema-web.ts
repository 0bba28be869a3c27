import { z } from 'zod';
import { host } from './values.ts';

/** The pages and the API. */
export const web = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether the receiver shows pages and answers the API.'),
    listen_address: host
      .prefault('127.0.0.1')
      .describe(
        'Address that the pages are served on. On another than this machine itself they are served by TLS, with the certificate of the receiver.',
      ),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(4281)
      .describe('TCP port of the pages. With 0 it takes a free one.'),
    metrics_open: z
      .boolean()
      .default(false)
      .describe(
        'Whether `/metrics` may be read by everybody who reaches the port; otherwise it needs an API token.',
      ),
  })
  .prefault({})
  .describe('The web app, its API, and `/metrics` for Prometheus.');
