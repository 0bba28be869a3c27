import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Admission, createAdmission, type NewCode } from '../../../receiver/admission/admission.ts';
import { openStateStore } from '../../../receiver/fleet/state-store.ts';
import type { ClaimFacts, JoinVerdict } from '../../../receiver/ingest/messages.ts';
import { clientKeyOf, isSignedBy, nodeSecretOf, proofOf } from '../../../shared/auth/auth.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import type { LogId } from '../../../shared/names/log-id.ts';
import { type NodeName, parseNodeName } from '../../../shared/names/node-name.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

const HOUR_MS = 3_600_000;
const ONCE = { uses: 1, lifetimeMs: HOUR_MS };
const LOG = '0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b' as LogId;

interface Opened extends Disposable {
  readonly admission: Admission;
  readonly directory: string;
  readonly clock: ReturnType<typeof fakeClock>;
  /** The same after a restart of the receiver. */
  again(): Admission;
}

function open(t: Test, logs: Readonly<Record<string, string>> = {}): Opened {
  const directory = t.testdir();
  const clock = fakeClock();
  const log = createLogger('silent');
  let store = openStateStore(directory);
  const onRenamed = () => undefined;
  const onAlarm = () => undefined;
  const create = () =>
    createAdmission({
      store,
      receiverId: 'receiver-1',
      logOf: (node) => logs[node],
      onRenamed,
      alarmAt: 10,
      onAlarm,
      clock,
      log,
    });
  return {
    directory,
    clock,
    admission: create(),
    again() {
      store[Symbol.dispose]();
      store = openStateStore(directory);
      return create();
    },
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}

interface Machine {
  readonly installation: string;
  readonly wish: string;
  readonly log?: LogId;
}

function machine(wish: string, log?: LogId): Machine {
  return { installation: randomUUID(), wish, ...(log === undefined ? {} : { log }) };
}

/** Asks to join as a sender does. */
function ask(
  admission: Admission,
  code: NewCode,
  { installation, wish, log }: Machine,
  secret = code.secret,
) {
  const message = randomBytes(32);
  const verdict = admission.join({
    join: {
      protocol: 1,
      code: code.id,
      nonce: '00',
      installation,
      node: parseNodeName(wish),
      host_name: 'host',
      version: '0.1.0',
      ...(log === undefined ? {} : { log }),
    },
    address: '10.0.0.7',
    message,
    proof: proofOf(secret, message),
  });
  return { verdict, secret: nodeSecretOf(clientKeyOf(secret), message), message };
}

interface Node {
  readonly node: NodeName;
  readonly credential: string;
  readonly secret: Uint8Array;
}

function joinAs(admission: Admission, code: NewCode, who: Machine): Node {
  const { verdict, secret, message } = ask(admission, code, who);
  if (verdict.kind === 'refused') throw new Error(verdict.refusal.message);
  const { node, credential, signature } = verdict.joined;
  if (!isSignedBy(code.secret, message, Buffer.from(signature, 'hex'))) throw new Error('it is not signed');
  return { node, credential, secret };
}

/** Connects as a sender does; undefined when it is taken, else the code of the refusal. */
function connect(admission: Admission, { node, credential, secret }: Node): string | undefined {
  const message = randomBytes(32);
  const facts: ClaimFacts = {
    node,
    credential,
    log: LOG,
    hostName: 'host',
    address: '10.0.0.7',
    bootId: 'b',
    version: '1',
    sleeptimeSeconds: 1,
  };
  const verdict = admission.admit(facts, { message, proof: proofOf(secret, message) });
  if (verdict.kind === 'refused') return verdict.refusal.code;
  if (!isSignedBy(secret, message, verdict.signature)) throw new Error('it is not signed');
  return undefined;
}

function codeOf(verdict: JoinVerdict): string {
  return verdict.kind === 'refused' ? verdict.refusal.code : verdict.kind;
}

t.test('a machine joins with a code and connects with what it got, also after a restart', async (t) => {
  using opened = open(t);
  const node = joinAs(opened.admission, opened.admission.makeCode(ONCE), machine('kitchen'));
  t.equal(node.node, 'kitchen');
  t.equal(connect(opened.admission, node), undefined);
  t.equal(connect(opened.again(), node), undefined, 'admission invariant 4: it is on disk');
});

t.test('admission invariant 1: an unknown one and a wrong proof get the same answer', async (t) => {
  using opened = open(t);
  const { admission } = opened;
  const code = admission.makeCode(ONCE);
  const wrongCode = { ...code, id: '0123456789abcdef' };
  const { verdict } = ask(admission, code, machine('a'), randomBytes(32));
  t.match(verdict, { kind: 'refused' });
  t.match(ask(admission, wrongCode, machine('a')).verdict, {
    refusal: verdict.kind === 'refused' ? verdict.refusal : {},
  });
  const node = joinAs(admission, code, machine('a'));
  t.equal(connect(admission, { ...node, secret: randomBytes(32) }), 'auth');
  t.equal(connect(admission, { ...node, credential: randomUUID() }), 'auth');
  t.equal(
    connect(admission, { ...node, node: parseNodeName('b') }),
    'name',
    'a right proof, under another name',
  );
});

t.test('admission invariant 2: a code lets in as many as it was made for, until it expires', async (t) => {
  using opened = open(t);
  const { admission, clock } = opened;
  const twice = admission.makeCode({ uses: 2, lifetimeMs: HOUR_MS });
  const first = machine('a');
  joinAs(admission, twice, first);
  t.equal(codeOf(ask(admission, twice, first).verdict), 'joined', 'the answer was lost: no second use');
  joinAs(admission, twice, machine('b'));
  t.equal(codeOf(ask(admission, twice, machine('c')).verdict), 'join');
  const late = admission.makeCode(ONCE);
  await clock.advance(HOUR_MS + 1);
  t.match(ask(admission, late, machine('d')).verdict, { refusal: { code: 'join', message: /has expired/ } });
});

t.test(
  'a machine whose answer was lost gets a new credential, and the old one is worth nothing',
  async (t) => {
    using opened = open(t);
    const { admission } = opened;
    const code = admission.makeCode(ONCE);
    const who = machine('a');
    const lost = joinAs(admission, code, who);
    const got = joinAs(admission, code, who);
    t.equal(got.node, 'a');
    t.equal(connect(admission, lost), 'auth');
    t.equal(connect(admission, got), undefined);
    t.equal(
      codeOf(ask(admission, code, who).verdict),
      'join',
      'once it has connected, it has heard the answer',
    );
  },
);

t.test('admission invariant 3: a name belongs to one', async (t) => {
  using opened = open(t, { a: LOG });
  const { admission } = opened;
  const code = admission.makeCode({ uses: 10, lifetimeMs: HOUR_MS });
  const a = joinAs(admission, code, machine('a'));
  t.equal(joinAs(admission, code, machine('a')).node, 'a-2');
  t.equal(joinAs(admission, code, machine('a')).node, 'a-3');
  t.equal(joinAs(admission, code, machine('a', LOG)).node, 'a', 'the machine that has the log of a');
  t.equal(connect(admission, a), 'auth', 'of which there is only one');
  const forName = admission.makeCode({ ...ONCE, node: parseNodeName('a') });
  const taken = joinAs(admission, forName, machine('whatever'));
  t.equal(taken.node, 'a', 'a code made for that name');
  admission.revoke(taken.node, 'sold');
  t.equal(joinAs(admission, code, machine('a')).node, 'a', 'one that was revoked');
});

t.test('who is revoked is told why, after a restart too; who is forgotten is a stranger', async (t) => {
  using opened = open(t);
  const node = joinAs(opened.admission, opened.admission.makeCode(ONCE), machine('a'));
  opened.admission.revoke(node.node, 'sold it');
  const admission = opened.again();
  t.equal(connect(admission, node), 'revoked');
  t.match(admission.credentials(), [{ node: 'a', revoked: { why: 'sold it' } }]);
  admission.forget(node.node);
  t.equal(connect(admission, node), 'auth');
  t.same(admission.credentials(), []);
  t.throws(() => admission.revoke(node.node, ''), { code: 'NODE_UNKNOWN' });
});

t.test('a node takes its new name when it is told, and not that of another', async (t) => {
  using opened = open(t);
  const { admission } = opened;
  const code = admission.makeCode({ uses: 2, lifetimeMs: HOUR_MS });
  const a = joinAs(admission, code, machine('a'));
  const b = joinAs(admission, code, machine('b'));
  t.throws(() => admission.rename(a.node, b.node), { code: 'NODE_NAME_TAKEN' });
  admission.rename(a.node, parseNodeName('c'));
  t.throws(() => admission.rename(b.node, parseNodeName('c')), { code: 'NODE_NAME_TAKEN' });
  t.equal(connect(admission, a), undefined, 'it has not heard of it yet');
  const renamed = { ...a, node: parseNodeName('c') };
  t.equal(connect(admission, renamed), undefined);
  t.equal(connect(admission, a), 'name', 'the old name is gone');
  t.equal(connect(opened.again(), renamed), undefined);
});

t.test('what lies on the disk holds no secret of a code or a node', async (t) => {
  using opened = open(t);
  const code = opened.admission.makeCode(ONCE);
  const node = joinAs(opened.admission, code, machine('a'));
  const files = readdirSync(opened.directory).map((name) => readFileSync(join(opened.directory, name)));
  t.ok(files.length > 0);
  for (const secret of [code.secret, node.secret, clientKeyOf(code.secret), clientKeyOf(node.secret)]) {
    t.notOk(files.some((bytes) => bytes.includes(Buffer.from(secret))));
  }
});
