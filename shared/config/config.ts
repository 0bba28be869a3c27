/**
 * The configuration of both programs: one file, config.json, checked in one place.
 *
 * `load.ts` is the door. It reads the file (`parse-json.ts`), lays the values of flags over it, checks both against
 * `schema.ts`, adds what depends on other keys or on the machine (`complete-config.ts`) and applies the rules between
 * keys (`rules.ts`). The schema is also the source of `config.schema.json` and of `docs/configuration.md` (`keys.ts`).
 *
 * Invariants. Tests cite them by number.
 *
 * 1. Nothing is guessed: an unknown key, a value out of its limits or a broken file is an error, never a default.
 * 2. All mistakes are told at once, one a line: where, which key, which value, what is allowed.
 * 3. A secret never stands in a message.
 * 4. A {@link Config} is complete (every key that has a default is there), its paths are absolute, and it is frozen to the bottom.
 * 5. What stands in config.json or in a flag decides; no environment variable changes it.
 */

import type { NodeName } from '../names/node-name.ts';
import type { CheckedConfig } from './schema.ts';
import type { CheckedSmtp } from './smtp-keys.ts';

/** The configuration that both programs work with: complete, its paths absolute, frozen. Keys as in config.json. */
export type Config = DeepReadonly<
  Omit<CheckedConfig, '$schema' | 'receiver' | 'sender' | 'mail' | 'alerts'> & {
    receiver: CheckedConfig['receiver'] & { listen_address: string };
    sender: Omit<CheckedConfig['sender'], 'receivers'> & {
      node_name: NodeName;
      receivers: ReceiverAddress[] | undefined;
    };
    /** The servers in the order in which they are tried; none: mails are written as files. */
    mail: Omit<CheckedConfig['mail'], 'smtp'> & { smtp: SmtpConfig[] };
    alerts: Omit<CheckedConfig['alerts'], 'channels'> & { channels: ChannelConfig[] };
  }
>;

/** Where a receiver is reached. */
export interface ReceiverAddress {
  /** Host name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** A server of `mail.smtp`, with the password read from its file (unless that was left out, see `forNode` in load.ts). */
export type SmtpConfig = Omit<CheckedSmtp, 'password_file'>;

/** A channel of `alerts.channels` with its name, and with what its files hold. */
export type ChannelConfig = Pick<CheckedChannel, 'kind' | 'token' | 'secret' | 'severities' | 'nodes'> & {
  readonly name: string;
  readonly url: string;
};

type CheckedChannel = CheckedConfig['alerts']['channels'][string];

/** A type with everything in it readonly; branded strings and other primitives stay as they are. */
export type DeepReadonly<T> = T extends string | number | boolean | undefined
  ? T
  : { readonly [K in keyof T]: DeepReadonly<T[K]> };
