import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '../../../../shared/errors/errors.ts';
import { makeDirectory } from '../../../../shared/files/make-directory.ts';
import { replaceFile } from '../../../../shared/files/replace-file.ts';
import { renderMail } from '../../../../shared/mail/nodemailer.ts';
import type { Mail } from '../../mail/mail.ts';
import type { Channel, SendResult } from '../channel.ts';

/** Options of {@link createEmlChannel}. */
export interface EmlChannelOptions {
  readonly name: string;
  /** Where the files go; made when missing. */
  readonly directory: string;
  readonly from: string;
  /** How many files are kept, the newest. */
  readonly keptFiles: number;
}

/**
 * Mail as files, for as long as no SMTP server is configured: any mail program opens them. A mail that is written again
 * replaces its file, since the name is made of the mail alone.
 */
export function createEmlChannel(options: EmlChannelOptions): Channel {
  const { name, directory, from, keptFiles } = options;
  return {
    name,
    kind: 'eml',
    target: directory,
    recipients: [''],
    async send(mail): Promise<SendResult> {
      try {
        const content = await renderMail(mail, from);
        await makeDirectory(directory, 0o700);
        await replaceFile(join(directory, fileNameOf(mail)), content, { mode: 0o600 });
        await removeOldest(directory, keptFiles);
        return { kind: 'sent' };
      } catch (error) {
        return { kind: 'try_later', scope: 'channel', error: describeError(error) };
      }
    },
  };
}

/** `<time>-<subject>-<number in its thread>.eml`: sorts by time, names nothing outside `[a-zA-Z0-9.-]`. */
function fileNameOf(mail: Mail): string {
  const time = new Date(mail.dateMs).toISOString().slice(0, 19).replaceAll(':', '-');
  const subject = mail.subject
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  const number = mail.messageId.replace(/^<incident-|@.*$/g, '').replace(/[^a-zA-Z0-9.-]+/g, '-');
  return `${time}Z-${subject}-${number}.eml`;
}

async function removeOldest(directory: string, kept: number): Promise<void> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.eml')).sort();
  for (const name of files.slice(0, Math.max(0, files.length - kept))) {
    await rm(join(directory, name), { force: true });
  }
}
