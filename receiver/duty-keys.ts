import type { Config } from '../shared/config/config.ts';
import type { LiveGroup } from './live-config.ts';

/** The keys of the duties (duties.ts): what can change without the receiver, and so any connection, being started anew. */
export const DUTY_KEYS: Pick<LiveGroup, 'keys' | 'merge'> = {
  keys: [
    'alerts',
    'history',
    'mail',
    'mirror',
    'nodes',
    'receiver.retention',
    'to_addr',
    'to_directory',
    'web',
  ],
  merge: (running: Config, next: Config): Config => {
    const { alerts, history, mail, mirror, nodes, to_addr, to_directory, web } = next;
    const receiver = { ...running.receiver, retention: next.receiver.retention };
    return { ...running, alerts, history, mail, mirror, nodes, to_addr, to_directory, web, receiver };
  },
};
