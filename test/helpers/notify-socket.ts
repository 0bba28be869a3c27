import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { guardTest } from './guard.ts';

/** The other end of sd_notify(3), a stand-in for systemd. */
export interface NotifySocket extends AsyncDisposable {
  readonly path: string;
  /** What has come, in order: `READY=1`, `WATCHDOG=1`, … */
  readonly states: readonly string[];
}

/** Node.js has no datagram sockets of this family. Closing the descriptor that comes with a BARRIER=1 answers it. */
const LISTENER = `
import array, os, socket, sys
end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
end.bind(sys.argv[1])
print('LISTENING', flush=True)
while True:
    data, ancillary, _, _ = end.recvmsg(4096, socket.CMSG_SPACE(64))
    for level, kind, content in ancillary:
        if kind == socket.SCM_RIGHTS:
            for descriptor in array.array('i', content): os.close(descriptor)
    print(data.decode(), flush=True)
`;

/** Why there can be no {@link listenForNotifications} here; false: there can. */
export function lacksNotify(): string | false {
  const tools = [
    ['python3', '-c', 'import socket; socket.AF_UNIX'],
    ['systemd-notify', '--version'],
  ] as const;
  const missing = tools.find(([file, ...args]) => spawnSync(file, args).status !== 0);
  return missing === undefined ? false : `needs ${missing[0]}`;
}

/** Listens; resolves when it does. In the directory of a test the name might be too long for a socket. */
export async function listenForNotifications(): Promise<NotifySocket> {
  guardTest();
  const directory = await mkdtemp(join(tmpdir(), 'notify-'));
  const path = join(directory, 'socket');
  const child = spawn('python3', ['-c', LISTENER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  await once(lines, 'line');
  const states: string[] = [];
  lines.on('line', (line) => {
    if (line !== 'BARRIER=1') states.push(line);
  });
  return {
    path,
    states,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      await rm(directory, { recursive: true });
    },
  };
}
