import t from 'tap';
import { plainAddress } from '../../../shared/names/plain-address.ts';

t.test(
  'plainAddress() shows an IPv4 peer of a socket on :: by its IPv4 address, and leaves the rest alone',
  async (t) => {
    for (const [address, expected] of [
      ['::ffff:192.0.2.2', '192.0.2.2'],
      ['::FFFF:192.0.2.2', '192.0.2.2'],
      ['::ffff:c000:202', '192.0.2.2'],
      ['0:0:0:0:0:ffff:c000:0202', '192.0.2.2'],
      ['192.0.2.2', '192.0.2.2'],
      ['::1', '::1'],
      ['2001:db8::ffff:1', '2001:db8::ffff:1'],
      ['fe80::1%eth0', 'fe80::1%eth0'],
      ['unknown', 'unknown'],
    ] as const)
      t.equal(plainAddress(address), expected);
  },
);
