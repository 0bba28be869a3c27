import { createHash } from 'node:crypto';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import t from 'tap';
import { parseJoinCode } from '../../shared/auth/join-code.ts';
import { preparePlace } from '../helpers/programs.ts';
import { PASSWORD, webOf } from '../helpers/web-client.ts';

t.setTimeout(600_000);

interface SecureAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** SHA-256 of the certificate that the server showed, hex. */
  readonly certificate: string;
}

function ask(port: string, method: string, path: string, body?: object): Promise<SecureAnswer> {
  return new Promise((resolve, reject) => {
    // Which certificate it is, the test looks at itself.
    const options = { host: '127.0.0.1', port, method, path, rejectUnauthorized: false };
    const asked = request({ ...options, headers: { 'content-type': 'application/json' } }, (response) => {
      const { raw } = (response.socket as TLSSocket).getPeerCertificate();
      const certificate = createHash('sha256').update(raw).digest('hex');
      response.resume();
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, certificate }),
      );
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

t.test(
  'on another address than its own machine’s the pages come by TLS, with the receiver’s certificate',
  async (t) => {
    const place = await preparePlace(t.testdir(), { web: { listen_address: '0.0.0.0', port: 0 } });
    await using _receiver = await place.start('receiver');
    const { url, setup } = await webOf(place);
    t.match(url, /^https:\/\/(?!0\.0\.0\.0)[\w.-]+:\d+$/, 'under a name that can be opened');
    const { port } = new URL(url);
    const made = await place.run('receiver', 'join-code', '--json');
    const { certificate } = parseJoinCode((JSON.parse(made.stdout) as { code: string }).code) ?? {};
    const health = await ask(port, 'GET', '/healthz');
    t.equal(health.status, 200);
    t.equal(health.certificate, certificate, 'the one that senders know');
    t.equal(health.headers['strict-transport-security'], 'max-age=31536000');
    const signedIn = await ask(port, 'POST', '/api/setup', {
      token: setup?.split('/').at(-1),
      password: PASSWORD,
    });
    t.match(String(signedIn.headers['set-cookie']), /; HttpOnly; SameSite=Strict; Secure$/);
    await t.rejects(fetch(`http://127.0.0.1:${port}/healthz`), 'and not without');
  },
);
