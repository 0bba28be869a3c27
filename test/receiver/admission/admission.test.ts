import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import { type Admission, createAdmission, type NewCode } from '../../../receiver/admission/admission.ts';
import type { TwinMachines } from '../../../receiver/admission/twins.ts';
import { openRenames } from '../../../receiver/fleet/renames.ts';
import { openStateStore } from '../../../receiver/fleet/state-store.ts';
import type { ClaimFacts, JoinVerdict } from '../../../receiver/ingest/messages.ts';
import { clientKeyOf, isSignedBy, nodeSecretOf, proofOf, twinSecretOf } from '../../../shared/auth/auth.ts';
import { createLogger } from '../../../shared/logging/logger.ts';
import type { LogId } from '../../../shared/names/log-id.ts';
import { type NodeName, parseNodeName } from '../../../shared/names/node-name.ts';
import { fakeClock } from '../../helpers/fake-clock.ts';

const HOUR_MS = 3_600_000;
const secretless = new Uint8Array();
const ONCE = { uses: 1, lifetimeMs: HOUR_MS };
const LOG = '0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b' as LogId;

interface Opened extends Disposable {
  readonly admission: Admission;
  readonly directory: string;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly twins: readonly TwinMachines[];
  /** The nodes whose place another machine took. */
  readonly replaced: readonly string[];
  /** The same after a restart of the receiver. */
  again(): Admission;
}

/**
 * @param logs that lie in the receiver's directory, by node
 * @param last the log that every node connected with last
 */
function open(t: Test, logs: Readonly<Record<string, readonly string[]>> = {}, last?: LogId): Opened {
  const directory = t.testdir();
  const clock = fakeClock();
  const log = createLogger('silent');
  let store = openStateStore(directory);
  const replaced: string[] = [];
  const twins: TwinMachines[] = [];
  const onRenamed = () => undefined;
  const onAlarm = () => undefined;
  const create = () =>
    createAdmission({
      store,
      receiverId: 'receiver-1',
      logsUnder: (node) => logs[node] ?? [],
      logOf: () => last,
      onTwins: (found) => void twins.push(found),
      onReplaced: (node) => void replaced.push(node),
      renames: openRenames(store),
      onRenamed,
      alarmAt: 10,
      onAlarm,
      clock,
      log,
    });
  return {
    directory,
    clock,
    replaced,
    twins,
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
  /** What it is a node with already. */
  readonly own?: Node;
}

function machine(wish: string, more: Partial<Machine> = {}): Machine {
  return { installation: randomUUID(), wish, ...more };
}

/** Asks to join as a sender does. */
function ask(
  admission: Admission,
  code: NewCode,
  { installation, wish, log, own }: Machine,
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
      ...(own === undefined ? {} : { credential: own.credential }),
    },
    credentialProof: own && proofOf(own.secret, message),
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

/** What was refused so far, with what the refusal answered. */
const refusals: { code: string; joinCode?: string | undefined; message: Uint8Array; secret: Uint8Array }[] =
  [];

/** Connects as a sender does; undefined when it is taken, else the code of the refusal. */
function connect(
  admission: Admission,
  { node, credential, secret }: Node,
  log = LOG,
  machineFacts: Partial<ClaimFacts> = {},
): string | undefined {
  const message = randomBytes(32);
  const facts: ClaimFacts = {
    node,
    credential,
    log,
    hostName: 'host',
    address: '10.0.0.7',
    bootId: 'b',
    version: '1',
    sleeptimeSeconds: 1,
    ...machineFacts,
  };
  const verdict = admission.admit(facts, { message, proof: proofOf(secret, message) });
  if (verdict.kind === 'refused') {
    refusals.push({ ...verdict.refusal, message, secret });
    return verdict.refusal.code;
  }
  if (!isSignedBy(secret, message, verdict.signature)) throw new Error('it is not signed');
  admission.connected(facts);
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

  const yearMs = 365 * 24 * HOUR_MS;
  clock.set(clock.now() + yearMs);
  const ahead = admission.makeCode({ uses: 9, lifetimeMs: HOUR_MS });
  clock.set(clock.now() - yearMs);
  t.equal(codeOf(ask(admission, ahead, machine('e')).verdict), 'joined', 'the clock was set right');
  await clock.advance(HOUR_MS + 1);
  t.equal(codeOf(ask(admission, ahead, machine('f')).verdict), 'join', 'and the code is not good for a year');
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

t.test(
  'admission invariant 3: a name passes on by its own credential or an administrator’s word',
  async (t) => {
    using opened = open(t);
    const { admission } = opened;
    const code = admission.makeCode({ uses: 20, lifetimeMs: HOUR_MS });
    const a = joinAs(admission, code, machine('a'));
    t.equal(connect(admission, a), undefined);
    t.equal(joinAs(admission, code, machine('a')).node, 'a-2');
    t.equal(joinAs(admission, code, machine('a', { log: LOG })).node, 'a-3', 'a log id is no secret');
    const forger = { ...a, secret: randomBytes(32) };
    t.equal(
      joinAs(admission, code, machine('a', { log: LOG, own: forger })).node,
      'a-4',
      'nor is a credential’s id',
    );
    const forName = admission.makeCode({ ...ONCE, node: parseNodeName('a') });
    t.match(ask(admission, forName, machine('a', { log: LOG })).verdict, {
      refusal: { code: 'join', message: /--replace/ },
    });
    t.equal(connect(admission, a), undefined, 'nothing has happened to the node');

    const again = joinAs(admission, code, machine('whatever', { log: LOG, own: a }));
    t.equal(again.node, 'a', 'the machine itself, with another code');
    t.equal(connect(admission, a), 'auth', 'its old credential is worth nothing');
    t.equal(connect(admission, again), undefined, 'and it goes on with its log');
    t.equal(
      joinAs(admission, forName, machine('a', { log: LOG, own: again })).node,
      'a',
      'a code for its name',
    );
    t.same(opened.replaced, []);

    const replacing = admission.makeCode({ ...ONCE, node: parseNodeName('a'), isReplacing: true });
    const taken = joinAs(admission, replacing, machine('a', { log: LOG }));
    t.equal(taken.node, 'a', 'an administrator’s word');
    t.same(opened.replaced, ['a'], 'the other machine is sent away');
    t.equal(connect(admission, taken), undefined, 'the log comes with the name');
    admission.revoke(taken.node, 'sold');
    const next = joinAs(admission, code, machine('a'));
    t.equal(next.node, 'a', 'the name of one that was revoked');
  },
);

t.test(
  'admission invariant 4: a log passes on with its credential, not with its id or its name',
  async (t) => {
    const old = '0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a00' as LogId;
    const fresh = '0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4aff' as LogId;
    using opened = open(t, { c: [old] });
    const { admission } = opened;
    const code = admission.makeCode({ uses: 20, lifetimeMs: HOUR_MS });
    const a = joinAs(admission, code, machine('a'));
    t.equal(connect(admission, a), undefined);
    const b = joinAs(admission, code, machine('b'));
    t.equal(connect(admission, b), 'log', 'another node, with a good credential of its own');
    t.equal(connect(admission, b, fresh), undefined);

    admission.revoke(a.node, 'stolen');
    const stranger = joinAs(admission, code, machine('a', { log: LOG }));
    t.equal(stranger.node, 'a');
    t.equal(connect(admission, stranger), 'log', 'the name of a revoked node does not bring its log');
    admission.forget(stranger.node);
    const third = joinAs(admission, code, machine('a', { log: LOG }));
    const restarted = opened.again();
    t.equal(connect(restarted, third), 'log', 'nor that of a forgotten one, after a restart either');

    const c = joinAs(restarted, code, machine('c', { log: old }));
    t.equal(c.node, 'c');
    t.equal(connect(restarted, c, old), 'log', 'what lies here under a free name is nobody’s');
    const replacing = restarted.makeCode({ ...ONCE, node: parseNodeName('c'), isReplacing: true });
    const owner = joinAs(restarted, replacing, machine('c', { log: old }));
    t.equal(connect(restarted, owner, old), undefined, 'until an administrator gives it to somebody');
    t.same(restarted.logsOf(owner.credential), [old]);
  },
);

t.test('a revoked machine that is given a new code goes on with its name and its log', async (t) => {
  using opened = open(t);
  const { admission } = opened;
  const code = admission.makeCode({ uses: 20, lifetimeMs: HOUR_MS });
  const a = joinAs(admission, code, machine('a'));
  t.equal(connect(admission, a), undefined);
  admission.revoke(a.node, 'lost');
  const who = machine('a', { log: LOG, own: a });
  const unheard = joinAs(admission, code, who);
  t.equal(unheard.node, 'a');
  const back = joinAs(admission, code, who);
  t.equal(back.node, 'a', 'the answer was lost');
  t.equal(connect(admission, back), undefined);
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
  const more = admission.makeCode({ uses: 2, lifetimeMs: HOUR_MS });
  t.equal(
    joinAs(admission, more, machine('c')).node,
    'c-2',
    'nor does a machine that joins meanwhile get it',
  );
  const renamed = { ...a, node: parseNodeName('c') };
  t.equal(connect(admission, renamed), undefined);
  t.equal(connect(admission, a), 'name', 'the old name is gone');
  t.equal(connect(opened.again(), renamed), undefined);
});

for (const [name, one, two] of [
  ['boot ids', { bootId: 'boot-1' }, { bootId: 'boot-2' }],
  ['hosts', { hostName: 'one' }, { hostName: 'two' }],
  ['processes', { instance: randomUUID() }, { instance: randomUUID() }],
] as const) {
  t.test(`two ${name} that take turns are two machines, and the one seen later is the copy`, async (t) => {
    using opened = open(t);
    const { admission, clock } = opened;
    const a = joinAs(admission, admission.makeCode(ONCE), machine('a'));
    t.equal(connect(admission, a, LOG, one), undefined);
    await clock.advance(1000);
    t.equal(connect(admission, a, LOG, two), undefined, 'a reboot, for all that is known');
    t.same(opened.twins, []);
    await clock.advance(1000);
    const isAble = 'instance' in one;
    t.equal(connect(admission, a, LOG, one), isAble ? 'log' : undefined, 'the first one is back');
    t.match(opened.twins, [{ node: 'a', older: one, younger: two }]);
    t.equal(connect(opened.again(), a, LOG, two), 'twin', 'after a restart as well');
    t.equal(refusals.at(-1)?.joinCode !== undefined, isAble);
    t.equal(opened.twins.length, 1, 'told once');
  });
}

t.test('a boot id that is back is older, also when its sender was started again meanwhile', async (t) => {
  using opened = open(t);
  const { admission, clock } = opened;
  const a = joinAs(admission, admission.makeCode(ONCE), machine('a'));
  const life = (bootId: string) => ({ bootId, instance: randomUUID() });
  connect(admission, a, LOG, life('boot-1'));
  await clock.advance(1000);
  const copy = life('boot-2');
  connect(admission, a, LOG, copy);
  await clock.advance(1000);
  t.equal(connect(admission, a, LOG, life('boot-1')), 'log', 'two machines have written this log');
  t.equal(connect(admission, a, randomUUID() as LogId, life('boot-1')), undefined);
  t.equal(connect(admission, a, LOG, copy), 'twin');
  t.equal(connect(admission, a, LOG, life('boot-2')), 'twin', 'the copy, started again');
  t.match(opened.twins, [{ older: { bootId: 'boot-1' }, younger: { bootId: 'boot-2' } }]);
});

t.test('a machine that is started again and again is one machine', async (t) => {
  using opened = open(t);
  const { admission, clock } = opened;
  const a = joinAs(admission, admission.makeCode(ONCE), machine('a'));
  for (let boot = 0; boot < 50; boot++) {
    const life = { bootId: `boot-${boot >> 1}`, ...(boot % 3 === 0 ? {} : { instance: randomUUID() }) };
    t.equal(connect(admission, a, LOG, life), undefined);
    t.equal(connect(admission, a, LOG, life), undefined);
    await clock.advance(1000);
  }
  t.same(opened.twins, []);
});

t.test('a copy joins with a code that only it can make, a few of them in an hour', async (t) => {
  using opened = open(t);
  const { admission, clock } = opened;
  const a = joinAs(admission, admission.makeCode(ONCE), machine('a'));
  const [one, two] = [{ instance: randomUUID() }, { instance: randomUUID() }];
  connect(admission, a, LOG, one);
  await clock.advance(1);
  connect(admission, a, LOG, two);
  connect(admission, a, LOG, one);
  t.equal(connect(admission, a, LOG, two), 'twin');
  const {
    joinCode: id = '',
    message,
    secret,
  } = refusals.at(-1) ?? { message: secretless, secret: secretless };
  const permit = { id, secret: twinSecretOf(clientKeyOf(secret), message), expiresMs: 0 };
  t.equal(codeOf(ask(admission, permit, machine('a'), randomBytes(32)).verdict), 'auth');
  t.equal(joinAs(admission, permit, machine('a')).node, 'a-2');
  const codes = Array.from({ length: 10 }, () => {
    connect(admission, a, LOG, two);
    return refusals.at(-1)?.joinCode;
  });
  t.equal(codes.filter((code) => code !== undefined).length, 4);
});

/** A copy of a machine connects next to it, and is refused. @returns what that says, as a code */
async function copyOf({ admission, clock }: Opened, node: Node): Promise<NewCode | undefined> {
  const [one, two] = [{ instance: randomUUID() }, { instance: randomUUID() }];
  const log = randomUUID() as LogId;
  connect(admission, node, log, one);
  await clock.advance(1);
  connect(admission, node, log, two);
  connect(admission, node, log, one);
  if (connect(admission, node, log, two) !== 'twin') throw new Error('it was not taken for a copy');
  const refusal = refusals.at(-1);
  if (refusal?.joinCode === undefined) return undefined;
  const secret = twinSecretOf(clientKeyOf(refusal.secret), refusal.message);
  return { id: refusal.joinCode, secret, expiresMs: 0 };
}

t.test('a copy becomes a node of its own, also when it proves the credential that it copied', async (t) => {
  using opened = open(t);
  const { admission } = opened;
  const a = joinAs(admission, admission.makeCode(ONCE), machine('a'));
  const code = await copyOf(opened, a);
  if (code === undefined) throw new Error('it got no code');
  t.equal(joinAs(admission, code, machine('a', { own: a, log: LOG })).node, 'a-2');
  t.equal(admission.credentialOf(a.node)?.id, a.credential, 'the machine keeps its place');
});

t.test('a node that a copy became makes no further nodes, also after a restart', async (t) => {
  using opened = open(t);
  const a = joinAs(opened.admission, opened.admission.makeCode(ONCE), machine('a'));
  const code = await copyOf(opened, a);
  if (code === undefined) throw new Error('it got no code');
  const copy = joinAs(opened.admission, code, machine('a'));
  t.equal(await copyOf(opened, copy), undefined);
  await opened.clock.advance(60 * 24 * HOUR_MS);
  opened.admission.makeCode(ONCE);
  const admission = opened.again();
  t.equal(await copyOf({ ...opened, admission }, copy), undefined, 'its code is long gone');
  const again = joinAs(admission, admission.makeCode(ONCE), machine('a', { own: copy }));
  t.ok(await copyOf({ ...opened, admission }, again), 'an administrator has let it in');
});

t.test(
  'a node that joined again at an earlier version keeps its log when this version comes back',
  async (t) => {
    using opened = open(t, {}, LOG);
    const { admission, directory } = opened;
    const a = joinAs(admission, admission.makeCode(ONCE), machine('a'));
    t.equal(connect(admission, a), undefined);
    const id = randomUUID();
    // The earlier version knows no owners: it only gives the node another credential.
    using database = new DatabaseSync(join(directory, 'fleet.db'));
    database.prepare('UPDATE credentials SET id = ? WHERE id = ?').run(id, a.credential);
    t.equal(connect(opened.again(), { ...a, credential: id }), undefined);
  },
);

t.test('a log whose owner was forgotten goes to nobody who has not connected with it', async (t) => {
  using opened = open(t, {}, LOG);
  const { admission } = opened;
  const a = joinAs(admission, admission.makeCode(ONCE), machine('a'));
  t.equal(connect(admission, a), undefined);
  admission.forget(a.node);
  const thief = joinAs(admission, admission.makeCode(ONCE), machine('a', { log: LOG }));
  t.equal(connect(admission, thief), 'log');
  t.equal(connect(opened.again(), thief), 'log', 'after a restart as well');
});

t.test('a machine whose sender starts again after the clock was set back is one machine', async (t) => {
  using opened = open(t);
  const { admission, clock } = opened;
  const a = joinAs(admission, admission.makeCode(ONCE), machine('a'));
  for (let start = 0; start < 3; start++) {
    const life = { instance: randomUUID(), bootId: `boot-${start}` };
    t.equal(connect(admission, a, LOG, life), undefined);
    t.equal(connect(admission, a, LOG, life), undefined, 'after an interruption');
    clock.set(clock.now() - HOUR_MS);
  }
  t.same(opened.twins, []);
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
