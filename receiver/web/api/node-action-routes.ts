import { parseNodeName } from '../../../shared/names/node-name.ts';
import { nodeParams } from '../contract/common.ts';
import * as contract from '../contract/fleet.ts';
import { perform } from '../perform.ts';
import type { WebPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';

/** What `join-code` of the control socket answers. */
interface MadeCode {
  readonly code: string;
  readonly expires: string;
}

/** Letting nodes in and out, and what is to be done with them: the same that the commands do. */
export function nodeActionRoutes({ control, sleeptime }: WebPorts): readonly Route[] {
  const act = (path: string, summary: string) =>
    ({ method: 'POST', path: `/nodes/:name/${path}`, who: 'admin', summary, params: nodeParams }) as const;
  return [
    route(
      {
        ...{
          method: 'POST',
          path: '/join-codes',
          who: 'admin',
          summary: 'Make a code that lets a machine in.',
        },
        body: contract.joinCodeBody,
        answer: contract.joinCodeAnswer,
      },
      async ({ body: { uses, expiresSeconds, node } }) => {
        const args = { uses, lifetime_ms: expiresSeconds * 1000, node };
        const { code, expires } = (await perform(control, 'join-code', args)) as MadeCode;
        return { code, line: `fleetkeep-sender install --join ${code}`, expiresMs: Date.parse(expires) };
      },
    ),
    route({ ...act('revoke', 'Let it in no more.'), body: contract.whyBody }, async ({ params, body }) => {
      await perform(control, 'revoke', { node: params.name, why: body.why });
    }),
    route(act('forget', 'Forget it; its logs stay.'), async ({ params }) => {
      await perform(control, 'forget', { node: params.name });
    }),
    route(
      { ...act('rename', 'Give it another name.'), body: contract.renameBody },
      async ({ params, body }) => {
        await perform(control, 'rename', { node: params.name, name: body.to });
      },
    ),
    route(
      {
        ...act('planned-off', 'It will be off, and that is as it should be.'),
        body: contract.plannedOffBody,
      },
      async ({ params, body: { forSeconds, why } }) => {
        const until = forSeconds === undefined ? {} : { until_ms: Date.now() + forSeconds * 1000 };
        await perform(control, 'planned-off', { pattern: parseNodeName(params.name), ...until, why });
      },
    ),
    route(act('planned-on', 'It should be on again.'), async ({ params }) => {
      await perform(control, 'planned-on', { pattern: parseNodeName(params.name) });
    }),
    route(
      {
        ...{
          method: 'PUT',
          path: '/interval',
          who: 'admin',
          summary: 'Seconds between two samples of every node.',
        },
        body: contract.intervalBody,
      },
      async ({ body }) => await sleeptime.set(body.seconds),
    ),
    route(
      {
        ...{ method: 'DELETE', path: '/interval', who: 'admin' },
        summary: 'Have config.json decide again about the seconds between two samples.',
      },
      async () => void (await sleeptime.reset()),
    ),
  ];
}
