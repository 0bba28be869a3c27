/** Run by tap before the tests (`before` in .taprc): what earlier runs have left for `end.ts` to find goes. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { BEGUN, LEFT_RUNNING } from './traces.ts';

mkdirSync('.tap', { recursive: true });
rmSync(LEFT_RUNNING, { force: true });
writeFileSync(BEGUN, '');
