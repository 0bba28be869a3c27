import { openSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { describeError, UsageError, UserError } from '../../../shared/errors/errors.ts';
import { explainSystemError, namePath, toUserError } from '../../../shared/errors/system-error.ts';

/** As Node.js throws it. */
function systemError(code: string, more: object = {}): Error {
  return Object.assign(new Error(`${code}: as the system says it`), { code, errno: -1, ...more });
}

t.test('toUserError() says what the system refused, on what, and what to do', async (t) => {
  const cases = [
    ['ENOSPC', 'DISK_FULL', /^cannot write \/data\/x: the disk is full \(ENOSPC\)$/, /df -i/],
    ['EDQUOT', 'DISK_FULL', /quota/, /quota/],
    ['EROFS', 'SYSTEM_REFUSED', /read-only/, /dmesg/],
    ['EIO', 'SYSTEM_REFUSED', /cannot read or write/, /smartctl/],
    ['EACCES', 'SYSTEM_REFUSED', /this user may not/, /user that owns/],
    ['EMFILE', 'SYSTEM_REFUSED', /files open/, /LimitNOFILE/],
    ['ENOMEM', 'SYSTEM_REFUSED', /no memory/, /MemoryMax/],
    ['ESTALE', 'SYSTEM_REFUSED', /drive is gone/, /mounted/],
    ['EUCLEAN', 'SYSTEM_REFUSED', /the operating system refused it \(EUCLEAN\)/, /man 3 errno/],
  ] as const;
  for (const [errno, code, message, hint] of cases) {
    const error = toUserError(systemError(errno, { syscall: 'write', path: '/data/x' }));
    t.match(error, { code, message, hint }, errno);
  }
});

t.test('toUserError() finds it below other errors', async (t) => {
  const full = systemError('ENOSPC', { syscall: 'open', path: '/data/x' });
  const whole = 'cannot seal: cannot open /data/x: the disk is full (ENOSPC)';
  t.equal(toUserError(new Error('cannot seal', { cause: full }))?.message, whole);
  t.match(toUserError(new AggregateError([new Error('a bug'), full])), { code: 'DISK_FULL' });
  t.match(
    toUserError(systemError('EAGAIN', { syscall: 'spawn node', path: 'node' })),
    { message: /^cannot start node: the system starts no more processes/ },
    'a process that cannot be started',
  );
  const connection = systemError('ECONNREFUSED', { syscall: 'connect', address: '::1', port: 25 });
  t.match(explainSystemError(connection), { message: /^cannot connect to ::1, port 25: nothing listens/ });
});

t.test('toUserError() keeps a UserError, and its hint unless the cause decides what to do', async (t) => {
  const hint = 'This user must be able to write there.';
  const lock = (code: string) =>
    new UserError('DIRECTORY_UNUSABLE', 'cannot lock /data', { hint, cause: systemError(code) });
  t.match(toUserError(lock('EROFS')), { code: 'DIRECTORY_UNUSABLE', hint: /^Mount it writable/ });
  t.match(toUserError(lock('EACCES')), { hint });
  const full = new UserError('DISK_FULL', 'no room', { hint: 'The log needs 8 KiB.', cause: lock('ENOSPC') });
  t.equal(toUserError(full), full);
  const usage = new UsageError('USAGE', 'no such flag');
  t.equal(toUserError(usage), usage);
});

t.test(
  'toUserError() of a start that failed, and then could not stop either, tells of the start',
  async (t) => {
    const start = new UserError('PORT_UNAVAILABLE', 'the port is taken');
    t.equal(toUserError(new SuppressedError(systemError('EROFS'), start)), start);
  },
);

t.test('toUserError() leaves bugs alone', async (t) => {
  for (const bug of [
    new TypeError('x is not a function'),
    systemError('EBADF'),
    systemError('ERR_ASSERTION'),
    'text',
  ]) {
    t.equal(toUserError(bug), undefined);
  }
});

t.test('toUserError() explains a worker thread that has run out of memory', async (t) => {
  const worker = new Worker('const kept = []; for (;;) kept.push(new Array(1e4).fill(kept.length));', {
    eval: true,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  });
  const error = await new Promise((resolve) => worker.once('error', resolve));
  t.match(toUserError(error), { code: 'HELPER_ENDED', hint: /worker_heap_mb/ });
});

t.test('namePath() names the file where the system did not', async (t) => {
  const nameless = systemError('ENOSPC', { syscall: 'write' });
  t.equal(
    toUserError(namePath(nameless, '/data/x'))?.message,
    'cannot write /data/x: the disk is full (ENOSPC)',
  );
  const named = systemError('ENOSPC', { syscall: 'open', path: '/data/y' });
  t.match(describeError(toUserError(namePath(named, '/data/x'))), /\/data\/y/);
});

t.test('a real error of the system is explained', async (t) => {
  try {
    openSync('/proc/version/x', 'r');
    t.fail('a file is not a directory');
  } catch (error) {
    t.equal(
      toUserError(error)?.message,
      'cannot open /proc/version/x: a part of its path is not a directory (ENOTDIR)',
    );
  }
});
