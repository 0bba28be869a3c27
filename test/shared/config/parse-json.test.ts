import fc from 'fast-check';
import t from 'tap';
import { JsonError, parseJson } from '../../../shared/config/parse-json.ts';
import { holds } from '../../helpers/holds.ts';

t.test('parseJson() reads what JSON.parse reads', async (t) => {
  await holds(
    t,
    fc.property(fc.json({ maxDepth: 5, noUnicodeString: false }), fc.constantFrom(0, 2), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), undefined, indent);
      return JSON.stringify(parseJson(text)) === JSON.stringify(JSON.parse(text));
    }),
  );
});

t.test('parseJson() refuses what JSON.parse refuses, and never fails otherwise', async (t) => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    ' ',
    '\n',
    '"',
    '"a"',
    '"b"',
    '\\',
    '\\u00',
    '-',
    '0',
    '1.',
    'e5',
    'true',
    'nul',
  ];
  await holds(
    t,
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (chosen) => {
      const text = chosen.join('');
      const mistake = mistakeIn(text);
      if (isJson(text)) return mistake === undefined || /stands twice/.test(mistake.message);
      return mistake !== undefined && mistake.line >= 1 && mistake.column >= 1;
    }),
    { numRuns: 20_000 },
  );
  t.end();
});

t.test('parseJson() tells line and column, after whatever stands before', async (t) => {
  t.match(mistakeIn('{\n  "a": 1,\n  "b": x\n}'), { line: 3, column: 8 });
  t.match(mistakeIn('\uFEFF{,}'), { line: 1, column: 2 }, 'a byte order mark is no column');
});

t.test('parseJson() takes control characters above 0x7f and passes over a byte order mark', async (t) => {
  t.strictSame(parseJson('\uFEFF{ "a": "\u0085\u007f" }'), { a: '\u0085\u007f' });
});

t.test('parseJson() finds a key that stands twice, however it is written', async (t) => {
  t.match(mistakeIn('{ "a": 1, "\\u0061": 2 }')?.message, /stands twice/);
  t.strictSame(parseJson('[{ "a": 1 }, { "a": 2 }]'), [{ a: 1 }, { a: 2 }], 'in one object, that is');
});

t.test('parseJson() ends with an error, not with the stack, where levels have no end', async (t) => {
  t.match(mistakeIn('['.repeat(1_000_000))?.message, /more than 100 levels/);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function mistakeIn(text: string): JsonError | undefined {
  try {
    parseJson(text);
    return undefined;
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
}
