import type { WebPorts } from './ports.ts';

/** Why messages cannot be sent, by channel; undefined while they can. */
export function mailTroubleOf(alerts: Pick<WebPorts['alerts'], 'state'>): string | undefined {
  const { channels, loginComplaint } = alerts.state();
  const troubles = channels.flatMap(({ target, trouble }) =>
    trouble === undefined ? [] : [`${target}: ${trouble.error}`],
  );
  if (troubles.length > 0) return troubles.join('; ');
  return loginComplaint;
}
