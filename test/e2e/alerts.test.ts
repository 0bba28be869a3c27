import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import t from 'tap';
import { listed } from '../helpers/joining.ts';
import { openLines, preparePlace } from '../helpers/programs.ts';
import { makeCertificate, startSmtpServer } from '../helpers/smtp.ts';
import { until } from '../helpers/until.ts';
import { logsOf } from '../helpers/whole-log.ts';

const PATIENT = { timeoutMs: 40_000 };

t.setTimeout(600_000);

t.test(
  'a killed node makes one mail by SMTP (STARTTLS, AUTH), its return another in the same thread',
  async (t) => {
    const directory = t.testdir();
    const certificate = makeCertificate(directory);
    const caPath = join(directory, 'ca.pem');
    writeFileSync(caPath, certificate.cert);
    const smtp = await startSmtpServer({ certificate, user: 'ann', password: 'secret' });
    t.teardown(() => smtp[Symbol.asyncDispose]());
    const place = await preparePlace(join(directory, 'place'), {
      alerts: { disconnect_grace_seconds: 1 },
      mail: {
        from: 'fleetkeep@example.org',
        smtp: {
          host: 'localhost',
          port: smtp.port,
          user: 'ann',
          password: 'secret',
          ca_file: caPath,
        },
      },
    });
    await using _receiver = await place.start('receiver');
    let sender = await place.start('sender');
    t.teardown(async () => await sender.end('SIGKILL'));
    await until(() => openLines(logsOf(place, 'receiver'), '7').length > 5, { ...PATIENT, what: 'lines' });
    await sender.end('SIGKILL');
    const down = await PostalMime.parse(
      await until(() => smtp.mails[0]?.raw, { ...PATIENT, what: 'the mail' }),
    );
    t.match(down.subject, /node 7.*is down/);
    t.match(down.text, /closed|reset/);
    t.match(down.text, /CPU|cpu|processor/i, 'the last values');
    sender = await place.start('sender');
    const back = await PostalMime.parse(
      await until(() => smtp.mails[1]?.raw, { ...PATIENT, what: 'the second mail' }),
    );
    t.equal(back.inReplyTo, down.messageId);
    t.match(back.text, /away for/i);
  },
);

t.test(
  'a sender that is restarted within the grace makes no mail; without SMTP mails are files',
  async (t) => {
    // Longer than a restart takes on a machine that has much else to do.
    const place = await preparePlace(t.testdir(), { alerts: { disconnect_grace_seconds: 60 } });
    await using _receiver = await place.start('receiver');
    await using first = await place.start('sender');
    await until(() => openLines(logsOf(place, 'receiver'), '7').length > 2, { ...PATIENT, what: 'lines' });
    await first.end();
    await using second = await place.start('sender');
    await listed(t, place, ['7 up']);
    // Whoever still counted the time would tell of it now.
    place.configure({ alerts: { disconnect_grace_seconds: 1 } });
    t.match(await place.run('receiver', 'reload'), { code: 0 });
    const count = openLines(logsOf(place, 'receiver'), '7').length;
    await until(() => openLines(logsOf(place, 'receiver'), '7').length > count + 20, {
      ...PATIENT,
      what: 'lines',
    });
    t.same(place.mails(), []);
    await second.end('SIGKILL');
    const mail = await until(() => place.mails()[0], { ...PATIENT, what: 'the .eml file' });
    t.match((await PostalMime.parse(mail)).subject, /node 7.*is down/);
  },
);
