import { z } from 'zod';
import { channelKeys } from './schema-channels.ts';
import { rules } from './schema-rules.ts';
import { seconds } from './values.ts';
import { clockTime, httpUrl, timeZone } from './values-alerts.ts';

const severity = z.enum(['critical', 'warning', 'info']);

/** What is done about incidents of one severity. */
function behaviour(reminderHours: readonly number[], gatherSeconds: number, isRecoveryTold: boolean) {
  return {
    send: z
      .boolean()
      .default(true)
      .describe('Whether messages are sent. With `false` such incidents are only kept in the history.'),
    send_recovery: z.boolean().default(isRecoveryTold).describe('Whether a message says that it is over.'),
    gather_seconds: seconds(0, 3600)
      .default(gatherSeconds)
      .describe('Seconds for which problems that come up are gathered into one message.'),
    reminder_hours: z
      .array(z.number().min(0.1).max(8760).meta({ unit: 'hours' }))
      .max(20)
      .meta({ allowed: 'a list of hours, each from 0.1 to 8760, such as [4, 12, 24]' })
      .default([...reminderHours])
      .describe(
        'Hours after which a message reminds of what lasts and was not acknowledged, each since the message before; ' +
          'the last one repeats. An empty list: no reminders.',
      ),
  };
}

const severities = z
  .strictObject({
    critical: z
      .strictObject(behaviour([4, 12, 24], 2, true))
      .prefault({})
      .describe('What needs somebody now.'),
    warning: z
      .strictObject(behaviour([24], 2, true))
      .prefault({})
      .describe('What needs somebody soon.'),
    info: z
      .strictObject(behaviour([], 60, false))
      .prefault({})
      .describe('What needs nobody.'),
  })
  .prefault({})
  .describe('What is done about incidents, by how much they matter.');

const flapping = z
  .strictObject({
    times: z
      .int()
      .min(2)
      .max(20)
      .default(4)
      .describe('How often something must begin within the window to count as flapping.'),
    window_minutes: z
      .number()
      .min(1)
      .max(1440)
      .default(60)
      .meta({ description: 'The window.', unit: 'minutes' }),
    quiet_minutes: z
      .number()
      .min(1)
      .max(1440)
      .default(30)
      .meta({ description: 'Minutes without a change after which it is over.', unit: 'minutes' }),
  })
  .prefault({})
  .describe(
    'What comes and goes again and again becomes one incident "flapping", with a message when that begins and one when it is over.',
  );

const quietHours = z
  .strictObject({
    from: clockTime
      .optional()
      .meta({ description: 'When they begin, such as "22:00"; needs `to`.', defaultText: 'no quiet hours' }),
    to: clockTime.optional().meta({
      description: 'When they end, such as "07:00"; earlier than `from`: on the next day.',
      defaultText: 'no quiet hours',
    }),
    time_zone: timeZone.optional().meta({
      description: 'Time zone of both, such as "Europe/Berlin".',
      defaultText: 'that of the receiver',
    }),
    severities: z
      .array(severity)
      .meta({ allowed: 'a list of "critical", "warning" and "info"' })
      .default(['warning', 'info'])
      .describe('What waits. The rest is sent as always.'),
  })
  .prefault({})
  .describe('Hours in which less important messages wait. One message at their end tells all of it.');

const heartbeat = z
  .strictObject({
    url: httpUrl.optional().meta({
      description:
        'A dead man\'s switch in the manner of healthchecks.io, such as "https://hc-ping.com/…": it tells you when the receiver ' +
        'no longer calls. `/start` and `/fail` are added where they apply.',
      defaultText: 'none: nobody is told when the receiver itself is gone',
      isSecret: true,
    }),
    every_seconds: seconds(15, 86_400).default(60).describe('Seconds between two calls.'),
  })
  .prefault({})
  .describe('Who watches the receiver.');

/** Keys of alerts. */
export const alerts = z
  .strictObject({
    disconnect_grace_seconds: seconds(0, 86_400)
      .default(10)
      .describe('Seconds for which a node may be disconnected before an alert is sent.'),
    severities,
    flapping,
    quiet_hours: quietHours,
    history_days: z
      .number()
      .min(1)
      .max(3650)
      .default(365)
      .meta({ description: 'Days for which incidents that are over stay in the history.', unit: 'days' }),
    heartbeat,
    rules,
    ...channelKeys,
  })
  .prefault({})
  .describe('When alerts are sent.');
