import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ReceiverAddress } from '../../sender/uplink/connect.ts';
import { guardTest } from './guard.ts';
import type { NetworkNamespace } from './network-namespace.ts';

/** What the process of a fleet is to play. */
export interface FleetOptions {
  /** Below it each node has a directory of its name, with the directory `logs`. */
  readonly directory: string;
  /** Nodes that have joined: `enrol` in `known-nodes.ts`. */
  readonly nodes: readonly string[];
  readonly receiver: ReceiverAddress;
  /** SHA-256 of the receiver's certificate, hex; undefined for plain TCP. */
  readonly certificate: string | undefined;
  /** How often each node takes a sample, ms. */
  readonly sampleMs: number;
}

/** What the process of a fleet tells; times in ms since 1970. */
export type FleetEvent =
  | { readonly kind: 'ready' }
  /** A connection was begun, whatever comes of it. */
  | { readonly kind: 'tried'; readonly atMs: number }
  /** A node waits before it tries again, until then; on a machine that is busy the try may come later. */
  | { readonly kind: 'waits'; readonly node: string; readonly atMs: number }
  | { readonly kind: 'welcomed'; readonly node: string; readonly atMs: number };

/** Many nodes in one process, with the real log and the real uplink; only what they measure is made up. Disposing kills it. */
export interface NodeFleet extends AsyncDisposable {
  readonly nodes: readonly string[];
  /** All that was told so far, in order. */
  readonly events: readonly FleetEvent[];
  /** Ends all nodes in good order. */
  end(): Promise<void>;
}

/** Starts a fleet, in a network of its own if one is given; resolves when all nodes have begun to connect. */
export async function startNodeFleet(
  options: FleetOptions,
  namespace?: NetworkNamespace,
): Promise<NodeFleet> {
  guardTest();
  const [command = process.execPath, ...before] = [...(namespace?.prefix ?? []), process.execPath];
  const script = join(import.meta.dirname, 'node-fleet-process.ts');
  const child = fork(script, [JSON.stringify(options)], {
    execPath: command,
    execArgv: before,
    env: { ...process.env, NODE_OPTIONS: undefined },
  });
  const events: FleetEvent[] = [];
  const ready = Promise.withResolvers<void>();
  child.on('message', (event: FleetEvent) => {
    events.push(event);
    if (event.kind === 'ready') ready.resolve();
  });
  child.once('exit', (code) => ready.reject(new Error(`the fleet ended with ${code}`)));
  await ready.promise;
  return {
    nodes: options.nodes,
    events,
    end: async () => await stop(child, 'SIGTERM'),
    [Symbol.asyncDispose]: async () => await stop(child, 'SIGKILL'),
  };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
