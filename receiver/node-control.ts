import { z } from 'zod';
import type { ControlHandlers } from '../shared/control/serve-client.ts';
import { UserError } from '../shared/errors/errors.ts';
import { type NodeName, parseNodeName } from '../shared/names/node-name.ts';
import { revokedRefusal, unprovenRefusal } from './admission/refusals.ts';
import type { CertificateChange } from './certificate-change.ts';
import { describeRename } from './fleet/describe-rename.ts';
import type { Renames } from './fleet/renames.ts';
import { makeJoinCode } from './make-join-code.ts';
import type { Receiver } from './receiver.ts';

const node = z.string().transform(parseNodeName);
const JOIN_CODE = z.object({
  uses: z.int().min(1).max(10_000),
  lifetime_ms: z
    .number()
    .min(1000)
    .max(366 * 86_400_000),
  node: node.optional(),
  replace: z.boolean().default(false),
});
const ROTATE = z.object({ now: z.boolean() });
const REVOKE = z.object({ node, why: z.string().max(200) });
const RENAME = z.object({ node, name: node });
const FORGET = z.object({ node });

/** What can be asked of a running receiver about who belongs to it. */
export function nodeControl(running: () => Receiver): ControlHandlers {
  return {
    'join-code': async (args) => {
      const { uses, lifetime_ms: lifetimeMs, node, replace } = JOIN_CODE.parse(args);
      const isReplacing = replace && node !== undefined;
      return makeJoinCode(running(), {
        uses: node === undefined ? uses : 1,
        lifetimeMs,
        node,
        isReplacing,
      });
    },
    certificate: async () => changeOf(running()).state(),
    'rotate-certificate': async (args) => {
      const change = changeOf(running());
      await (ROTATE.parse(args).now ? change.force() : change.begin());
      return change.state();
    },
    revoke: async (args) => {
      const { admission, ingest } = running();
      const { node, why } = REVOKE.parse(args);
      admission.revoke(node, why);
      ingest.refuse(node, revokedRefusal(node, why));
    },
    rename: async (args) => {
      const { admission, ingest } = running();
      const { node, name } = RENAME.parse(args);
      admission.rename(node, name);
      ingest.control(node, { kind: 'rename', node: name });
    },
    forget: async (args) => {
      const { admission, fleet, ingest, renames } = running();
      const { node } = FORGET.parse(args);
      if (admission.credentialOf(node) === undefined && fleet.node(node) === undefined)
        throw unknown(node, renames);
      admission.forget(node);
      ingest.refuse(node, unprovenRefusal());
      // Of a node that is connected this is done when its connection has ended.
      if (!ingest.connected().has(node)) fleet.forget(node);
    },
  };
}

function changeOf({ certificates }: Receiver): CertificateChange {
  if (certificates !== undefined) return certificates;
  throw new UserError('UNSUPPORTED', 'this receiver talks plain TCP and has no certificate', {
    hint: '"transport" in config.json says so.',
  });
}

function unknown(node: NodeName, renames: Renames): UserError {
  const rename = renames.nowOf(node);
  return new UserError('NODE_UNKNOWN', `there is no node ${node}`, {
    hint: rename ? describeRename(rename) : 'fleetkeep-receiver nodes lists those that there are.',
  });
}
