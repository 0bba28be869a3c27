import { z } from 'zod';
import { DEFAULT_RULES, RULE_KINDS } from './default-rules.ts';
import { mailAddresses } from './values.ts';

const DAY = 86_400;
const asDefault = 'that of the default rule of this name';

const rule = z
  .strictObject({
    kind: z.enum(RULE_KINDS).optional().meta({
      description: 'What the rule looks at. Needed for a rule that is no default rule.',
      defaultText: asDefault,
    }),
    enabled: z.boolean().optional().meta({ description: 'Whether the rule holds.', defaultText: 'true' }),
    raise: z.number().min(0).max(1e15).optional().meta({
      description:
        'The value from which on it is a problem: a share from 0 to 1, °C, seconds, hours or a number, by kind.',
      defaultText: asDefault,
    }),
    clear: z.number().min(0).max(1e15).optional().meta({
      description: 'The value from which on it is none any more; not the same, so that nothing flickers.',
      defaultText: asDefault,
    }),
    for_seconds: z.number().min(0).max(DAY).optional().meta({
      description:
        'The window whose mean must be at `raise` or beyond; for some kinds, how long the value must be so. See docs/rules.md.',
      unit: 'seconds',
      defaultText: asDefault,
    }),
    clear_for_seconds: z.number().min(0).max(DAY).optional().meta({
      description:
        'The window whose mean must be at `clear`, as that of `for_seconds`; for some kinds, how long the value must be well.',
      unit: 'seconds',
      defaultText: asDefault,
    }),
    severity: z.enum(['critical', 'warning', 'info']).optional().meta({
      description: 'How much it matters.',
      defaultText: asDefault,
    }),
    nodes: z.array(z.string().min(1).max(100)).max(1000).optional().meta({
      description: 'Which nodes: names, patterns such as "lab-*", or tags such as "tag:garage".',
      allowed: 'a list of names, patterns or tags',
      defaultText: 'all',
    }),
    to: mailAddresses.optional().meta({
      description: 'Who gets the mails about it.',
      defaultText: 'everybody in `to_addr`',
    }),
  })
  .describe('A rule.');

/** Rules by their names. */
export const rules = z
  .record(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/)
      .meta({ allowed: 'a name of small letters, digits and hyphens' }),
    rule,
  )
  .prefault({})
  .describe(
    'Rules about what the nodes report. These hold already, and need only be named to change something of them: ' +
      `${Object.keys(DEFAULT_RULES).join(', ')}. See docs/rules.md.`,
  );
