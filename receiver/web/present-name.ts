import { type NodeName, parseNodeName } from '../../shared/names/node-name.ts';
import type { WebPorts } from './ports.ts';

/**
 * The name of the node that is asked for: one that a node had before leads to what it is called now, unless another node has that name.
 *
 * @throws UserError `NODE_NAME_INVALID`
 */
export function presentName(
  text: string,
  { fleet, admission, renames }: Pick<WebPorts, 'fleet' | 'admission' | 'renames'>,
): NodeName {
  const name = parseNodeName(text);
  const isThere = fleet.node(name) !== undefined || admission.credentials().some(({ node }) => node === name);
  return isThere ? name : (renames.nowOf(name)?.to ?? name);
}
