import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { undoWhenKilled } from './guard.ts';
import { makeCertificate } from './smtp.ts';
import { until } from './until.ts';

/** A Postfix of the test's own: it delivers everything to one mailbox file. */
export interface TestPostfix extends AsyncDisposable {
  readonly port: number;
  /** Of its certificate, for `mail.smtp.ca_file`. */
  readonly caFile: string;
  /** The messages in the mailbox, each as it was delivered. */
  messages(): readonly string[];
  /** What Postfix itself has logged. */
  log(): string;
}

const POSTFIX = '/usr/sbin/postfix';

/** Why no Postfix can be started here; undefined when it can. */
export function whyNoPostfix(): string | undefined {
  if (!existsSync(POSTFIX)) return 'Postfix is not installed';
  return process.getuid?.() === 0 ? undefined : 'only root can start Postfix';
}

/** Whoever delivers may not be root. */
const OWNER = 65_534;

/** Starts Postfix in a directory of its own, on 127.0.0.1 only. Its directory must be reachable for everybody. */
export async function startPostfix(directory: string, port: number): Promise<TestPostfix> {
  const at = (name: string) => join(directory, name);
  for (const name of ['conf', 'queue', 'data', 'mail']) mkdirSync(at(name), { recursive: true, mode: 0o755 });
  chmodSync(directory, 0o755);
  chownSync(at('mail'), OWNER, OWNER);
  const postfixUser = Number(execFileSync('id', ['-u', 'postfix'], { encoding: 'utf8' }));
  chownSync(at('data'), postfixUser, OWNER);
  makeCertificate(directory);
  writeFileSync(at('conf/main.cf'), mainConfig(directory));
  writeFileSync(at('conf/master.cf'), masterConfig(port));
  const run = (command: string) => execFileSync(POSTFIX, ['-c', at('conf'), command], { stdio: 'pipe' });
  undoWhenKilled(POSTFIX, '-c', at('conf'), 'abort');
  run('start');
  const log = () => (existsSync(at('maillog')) ? readFileSync(at('maillog'), 'utf8') : '');
  const mailbox = at('mail/all');
  await until(() => log().includes('daemon started'), { timeoutMs: 10_000, what: () => `Postfix; ${log()}` });
  return {
    port,
    caFile: at('cert.pem'),
    log,
    // As mbox has it: each message begins behind a line «From …».
    messages: () =>
      existsSync(mailbox)
        ? readFileSync(mailbox, 'utf8')
            .split(/^From .*\n/m)
            .filter((text) => text !== '')
        : [],
    async [Symbol.asyncDispose]() {
      run('stop');
    },
  };
}

function mainConfig(directory: string): string {
  return `
compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = ${directory}/maillog
maillog_file_prefixes = ${directory}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_tls_cert_file = ${directory}/cert.pem
smtpd_tls_key_file = ${directory}/key.pem
smtpd_tls_security_level = encrypt
virtual_transport = virtual
virtual_mailbox_domains = example.org
virtual_mailbox_base = ${directory}/mail
virtual_mailbox_maps = static:all
virtual_uid_maps = static:${OWNER}
virtual_gid_maps = static:${OWNER}
alias_maps =
`;
}

function masterConfig(port: number): string {
  const unix = (name: string, isPrivate: '-' | 'n', wakeup: string, max: string, program = name) =>
    `${name} unix ${isPrivate} - n ${wakeup} ${max} ${program}`;
  return `${[
    `127.0.0.1:${port} inet n - n - - smtpd`,
    unix('pickup', 'n', '60', '1'),
    unix('cleanup', 'n', '-', '0'),
    unix('qmgr', 'n', '300', '1'),
    unix('tlsmgr', '-', '1000?', '1'),
    unix('rewrite', '-', '-', '-', 'trivial-rewrite'),
    unix('bounce', '-', '-', '0'),
    unix('defer', '-', '-', '0', 'bounce'),
    unix('trace', '-', '-', '0', 'bounce'),
    unix('verify', '-', '-', '1'),
    unix('proxymap', '-', '-', '-'),
    unix('error', '-', '-', '-'),
    unix('retry', '-', '-', '-', 'error'),
    unix('anvil', '-', '-', '1'),
    'virtual unix - n n - - virtual',
    'postlog unix-dgram n - n - 1 postlogd',
  ].join('\n')}\n`;
}
