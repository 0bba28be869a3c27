import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** 32 MiB and some tenths of a second: one of the settings that OWASP's Password Storage Cheat Sheet advises. */
const COST: ScryptOptions = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 };
const KEY_BYTES = 32;

/** Shortest and longest password, characters. Length is what counts (NIST SP 800-63B, section 3.1.1). */
export const PASSWORD_LENGTH = { min: 10, max: 200 } as const;

/** What is stored of a password: `scrypt$N$salt$key`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Whether a password is the one of which `stored` was made. Takes as long when `stored` is undefined, so that nobody learns which users there are. */
export async function checkPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, cost, salt, key] = (stored ?? NOBODY).split('$');
  const expected = Buffer.from(key ?? '', 'base64url');
  const found = await derive(password, Buffer.from(salt ?? '', 'base64url'), { ...COST, N: Number(cost) });
  return stored !== undefined && expected.length === found.length && timingSafeEqual(expected, found);
}

const NOBODY = `scrypt$${COST.N}$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(KEY_BYTES).toString('base64url')}`;

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
