import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import t from 'tap';
import { startPostfix, whyNoPostfix } from '../helpers/postfix.ts';
import { findFreePort, preparePlace } from '../helpers/programs.ts';
import { writePast } from '../helpers/simulated-node.ts';
import { until } from '../helpers/until.ts';

const PATIENT = { timeoutMs: 60_000 };

t.setTimeout(600_000);

const skip = whyNoPostfix() ?? false;

t.test(
  'a loss and a return go through a real mail server, and come out as they were meant',
  { skip },
  async (t) => {
    // Where Postfix' own users can reach it.
    const directory = await mkdtemp(join(tmpdir(), 'fleetkeep-postfix-'));
    t.teardown(() => rm(directory, { recursive: true, force: true }));
    await using postfix = await startPostfix(directory, await findFreePort());
    const smtp = { host: '127.0.0.1', port: postfix.port, tls: 'starttls', ca_file: postfix.caFile };
    const place = await preparePlace(t.testdir(), {
      to_addr: 'ann@example.org',
      mail: { smtp, from: 'fleetkeep@example.org' },
      alerts: { disconnect_grace_seconds: 0 },
    });
    await using receiver = await place.start('receiver');
    // A graph needs a past.
    await writePast(join(place.directory, 'sender'), '7', 7, { forMs: 1_800_000, stepMs: 5_000 });
    await using sender = await place.start('sender');
    await until(
      async () => (await place.run('receiver', 'log', '7', '--since', '2s')).stdout.includes('"cpu"'),
      { ...PATIENT, what: 'samples' },
    );
    await sender.end('SIGKILL');
    const arrived = async (count: number) =>
      await until(() => postfix.messages().length >= count, {
        ...PATIENT,
        what: () => `${count} messages; Postfix says ${postfix.log()}; the receiver ${receiver.stderr()}`,
      });
    await arrived(1);
    await using _again = await place.start('sender');
    await arrived(2);

    const [lost, back] = await Promise.all(postfix.messages().map((text) => PostalMime.parse(text)));
    if (lost === undefined || back === undefined) throw new Error('two messages');
    const header = (mail: typeof lost, name: string) => mail.headers.find(({ key }) => key === name)?.value;
    t.match(lost.subject, /^\[fleetkeep\] node 7 .*/);
    t.match(lost, { from: { address: 'fleetkeep@example.org' }, to: [{ address: 'ann@example.org' }] });
    t.equal(header(lost, 'auto-submitted'), 'auto-generated');
    t.match(header(lost, 'list-id'), 'Fleetkeep alerts');
    t.match(header(lost, 'received'), /ESMTPS/, 'it came encrypted');
    t.match(lost.text, /cpu +\d+ %/);
    t.match(lost.html, /<img src="cid:/);
    const [picture] = lost.attachments;
    t.match(picture, { mimeType: 'image/png', disposition: 'inline' });
    t.ok(lost.html?.includes(`cid:${picture?.contentId?.slice(1, -1)}`), 'the HTML names the picture');
    t.equal(back.inReplyTo, lost.messageId, 'the second is an answer to the first');
    t.match(back.references, lost.messageId ?? '-');
    t.match(back.text, /back|again/i);
    t.notSame(back.messageId, lost.messageId);
  },
);
