import { join } from 'node:path';
import type { Test } from 'tap';
import { requestControl } from '../../shared/control/request-control.ts';
import { UserError } from '../../shared/errors/errors.ts';
import type { Place, Running } from './programs.ts';
import { until } from './until.ts';

/** Makes a join code with the receiver's own command. */
export async function makeCode(place: Place, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await place.run('receiver', 'join-code', ...args);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim().split(' ').at(-1) ?? '';
}

/** Starts a sender with a data directory of its own. */
export async function startNode(place: Place, name: string, ...args: readonly string[]): Promise<Running> {
  return await place.start('sender', '--data-directory', join(place.directory, name), ...args);
}

/** A node as `nodes --json` lists it. */
export interface ListedNode {
  readonly node: string;
  readonly state: string;
  readonly note: string | null;
}

/** What `nodes` lists. */
export async function nodesOf(place: Place): Promise<readonly ListedNode[]> {
  const { stdout } = await place.run('receiver', 'nodes', '--json');
  return JSON.parse(stdout) as readonly ListedNode[];
}

/** The same without a process for it, while the receiver runs. */
async function askForNodes(place: Place): Promise<readonly ListedNode[]> {
  const request = {
    directory: join(place.directory, 'receiver'),
    name: 'receiver',
    command: 'status',
  } as const;
  try {
    return ((await requestControl(request)) as { nodes: readonly ListedNode[] }).nodes;
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'NOT_RUNNING')) throw error;
    return await nodesOf(place);
  }
}

/** Waits until the receiver lists nodes as expected, each as `name state`. */
export async function listed(t: Test, place: Place, expected: readonly string[]): Promise<void> {
  let last: readonly string[] = [];
  await until(
    async () => {
      last = (await askForNodes(place)).map(({ node, state }) => `${node} ${state}`);
      return JSON.stringify(last) === JSON.stringify(expected);
    },
    { timeoutMs: 30_000, what: () => `${expected.join(', ')}; it lists ${last.join(', ')}` },
  );
  t.pass(expected.join(', '));
}
