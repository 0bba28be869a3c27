import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import t from 'tap';
import { nodeFlagsFor } from '../../../sender/node-flags.ts';

const MODULE = join(import.meta.dirname, '../../../sender/alerts/well-known-authorities.ts');

t.test(
  'with the flags of a sender, mail servers are trusted by the authorities of Node.js all the same',
  async (t) => {
    const script = `const { wellKnownAuthorities } = await import(${JSON.stringify(MODULE)}); console.log(wellKnownAuthorities());`;
    const args = [...nodeFlagsFor(MODULE), '--input-type=module', '-e', script];
    const found = execFileSync(process.execPath, args, { encoding: 'utf8' });
    t.ok(rootCertificates.length > 100);
    t.ok(rootCertificates.every((certificate) => found.includes(certificate)));
  },
);
