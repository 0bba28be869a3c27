import type { NodeName } from '../../../shared/names/node-name.ts';
import type { Block } from './document.ts';

/**
 * A link into the web app, whose pages stand after `#`: to the node's page, or to the alerts where
 * it is about none in particular.
 *
 * @param base where the web app is reached, with or without a slash at its end
 */
export function linkTo(base: string, node: NodeName | undefined): Extract<Block, { kind: 'link' }> {
  const root = base.replace(/\/+$/, '');
  return node === undefined
    ? { kind: 'link', text: 'Open the alerts in Fleetkeep', url: `${root}/#/alerts` }
    : {
        kind: 'link',
        text: `Open node ${node} in Fleetkeep`,
        url: `${root}/#/node/${encodeURIComponent(node)}`,
      };
}
