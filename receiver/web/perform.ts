import type { ControlHandlers } from '../../shared/control/serve-client.ts';
import { UserError } from '../../shared/errors/errors.ts';

/** Has the receiver do what its command of that name does. */
export async function perform(control: ControlHandlers, name: string, args: unknown): Promise<unknown> {
  const handler = control[name];
  if (handler === undefined) throw new UserError('UNSUPPORTED', `this receiver knows no ${name}`);
  const signal = AbortSignal.timeout(30_000);
  return await handler(args, { signal, progress: async () => undefined });
}
