import { z } from 'zod';
import type { ControlHandlers } from '../shared/control/serve-client.ts';
import { UserError } from '../shared/errors/errors.ts';
import { alertControl } from './alert-control.ts';
import { graphControl } from './graph-control.ts';
import { nodeControl } from './node-control.ts';
import { quietly } from './quietly.ts';
import type { Receiver } from './receiver.ts';
import { describeReceiver } from './status.ts';
import { verifyByReceiver } from './verify-by-receiver.ts';

const BACKUP = z.object({ is_new_drive: z.boolean().default(false) });
const VERIFY = z.object({ node: z.string().optional() });
const RESET_SETTING = z.object({ key: z.literal('sleeptime') });
const WEB_PASSWORD = z.object({ user: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/) });
const RESTART_WORKER = z.object({ worker: z.int().min(0) });

/** What can be asked of a running receiver on its control socket. */
export function controlHandlers(find: () => Receiver | undefined): ControlHandlers {
  function running(): Receiver {
    const receiver = find();
    if (receiver !== undefined) return receiver;
    throw new UserError('NOT_RUNNING', 'the receiver is just starting', { hint: 'Try again in a moment.' });
  }

  return {
    ...nodeControl(running),
    ...alertControl(running),
    ...graphControl(running),
    reload: async () => await running().reload(),
    status: async () => describeReceiver(running()),
    'reset-setting': async (args) => {
      RESET_SETTING.parse(args);
      const { sleeptime } = running();
      return { was_set: await sleeptime.reset(), seconds: sleeptime.seconds() };
    },
    backup: async (args, { signal, progress }) => {
      const isNewDrive = BACKUP.parse(args).is_new_drive;
      return await running().mirror.runNow({ isNewDrive, signal, onProgress: quietly(progress) });
    },
    verify: async (args, context) => await verifyByReceiver(running(), VERIFY.parse(args).node, context),
    'web-password': async (args) => {
      const { web } = running();
      if (web === undefined) {
        throw new UserError('UNSUPPORTED', 'this receiver has no web app', {
          hint: 'Set web.enabled in config.json.',
        });
      }
      return { link: web.invite(WEB_PASSWORD.parse(args).user) };
    },
    'restart-worker': async (args) => await running().ingest.killWorker(RESTART_WORKER.parse(args).worker),
  };
}
