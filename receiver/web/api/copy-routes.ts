import { parseNodeName } from '../../../shared/names/node-name.ts';
import * as contract from '../contract/copies.ts';
import type { Copies } from '../copies.ts';
import { type Route, route } from '../route.ts';

/** The copies, and having them made and compared. */
export function copyRoutes(copies: Copies): readonly Route[] {
  return [
    route(
      {
        ...{ method: 'GET', path: '/copies', who: 'viewer', summary: 'How far each copy of each log is.' },
        answer: contract.copiesAnswer,
      },
      async () => await copies.describe(),
    ),
    route(
      { method: 'POST', path: '/copies/mirror', who: 'admin', summary: 'Bring the mirror up to date now.' },
      ({ reply }) => {
        copies.mirrorNow();
        reply.code(202);
      },
    ),
    route(
      {
        ...{
          method: 'POST',
          path: '/copies/verify',
          who: 'admin',
          summary: 'Read and compare the copies now.',
        },
        body: contract.verifyBody,
      },
      ({ body, reply }) => {
        copies.verifyNow(body.node === undefined ? undefined : parseNodeName(body.node));
        reply.code(202);
      },
    ),
  ];
}
