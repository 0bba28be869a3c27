import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodeJoinCode, parseJoinCode } from '../../shared/auth/join-code.ts';
import { preparePlace } from '../helpers/programs.ts';
import { until } from '../helpers/until.ts';
import { logsOf, waitForEqual } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 30_000 };

t.setTimeout(600_000);

t.test('a certificate of one’s own is what senders know the receiver by', async (t) => {
  const directory = t.testdir();
  const [key, certificate] = ['own.key', 'own.crt'].map((name) => join(directory, name));
  const subject = ['-subj', '/CN=logs.example.org', '-days', '30'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...curve, ...subject, '-keyout', key ?? '', '-out', certificate ?? ''],
    {
      stdio: 'ignore',
    },
  );
  const files = { certificate_file: certificate, key_file: key };
  const place = await preparePlace(join(directory, 'place'), {
    receiver: { data_directory: 'receiver', ...files },
  });
  await using _receiver = await place.start('receiver');
  const made = await place.run('receiver', 'join-code', '--json');
  const code = parseJoinCode((JSON.parse(made.stdout) as { code: string }).code);
  const { fingerprint256 } = new X509Certificate(readFileSync(certificate ?? ''));
  t.equal(code?.certificate, fingerprint256.replaceAll(':', '').toLowerCase());
  await using sender = await place.start('sender');
  await until(async () => (await place.run('receiver', 'log', '7')).stdout.includes('"cpu"'), {
    ...PATIENT,
    what: () => `the first sample; ${sender.stderr()}`,
  });
  await sender.end();
  const [own, there] = [logsOf(place, 'sender'), logsOf(place, 'receiver')];
  await waitForEqual(t, { own, there }, '7');
});

t.test('who tries to get in again and again is told of in a mail', async (t) => {
  const place = await preparePlace(t.testdir(), {
    receiver: { data_directory: 'receiver', limits: { failed_attempts: 3 } },
    alerts: { disconnect_grace_seconds: 0 },
  });
  await using _receiver = await place.start('receiver');
  const made = await place.run('receiver', 'join-code', '--json');
  const code = parseJoinCode((JSON.parse(made.stdout) as { code: string }).code);
  if (code === undefined) throw new Error('no code');
  const forged = encodeJoinCode({ ...code, secret: new Uint8Array(code.secret.length) });
  const data = join(place.directory, 'intruder');
  for (let attempt = 0; attempt < 3; attempt++) {
    const run = await place.run('sender', 'start', '--join', forged, '--data-directory', data);
    t.match(run, { code: 1, stderr: /join code/ });
  }
  const mail = await until(() => place.mails().find((text) => text.includes('failed attempts')), {
    ...PATIENT,
    what: 'the mail',
  });
  t.match(mail, /^Subject: .*failed attempts to connect from 127\.0\.0\.1/m);
});
