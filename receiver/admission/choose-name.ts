import { type NodeName, parseNodeName } from '../../shared/names/node-name.ts';

const MAX_LENGTH = 63;

/** The wished name if it is free, else that with a number behind it: `kitchen-2`, `kitchen-3`, … */
export function chooseName(wished: NodeName, isFree: (name: NodeName) => boolean): NodeName {
  let name = wished;
  for (let number = 2; !isFree(name); number++) {
    const suffix = `-${number}`;
    name = parseNodeName(wished.slice(0, MAX_LENGTH - suffix.length) + suffix);
  }
  return name;
}
