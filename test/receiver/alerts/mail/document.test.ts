import t from 'tap';
import { type Block, renderHtml, renderText } from '../../../../receiver/alerts/mail/document.ts';
import { cleanText } from '../../../../shared/mail/clean-text.ts';

const BLOCKS: readonly Block[] = [
  { kind: 'headline', text: 'Node 7 is <down>.' },
  {
    kind: 'facts',
    title: 'Facts:',
    facts: [
      ['host name', '"a" & \'b\''],
      ['since', 'noon'],
    ],
  },
  { kind: 'list', title: 'Also:', items: ['<script>alert(1)</script>'] },
  { kind: 'text', text: 'Goodbye.' },
];

t.test('renderText() makes plain text, labels in a column', async (t) => {
  t.equal(
    renderText(BLOCKS),
    [
      'Node 7 is <down>.',
      '',
      'Facts:',
      '  host name  "a" & \'b\'',
      '  since      noon',
      '',
      'Also:',
      '  - <script>alert(1)</script>',
      '',
      'Goodbye.',
      '',
    ].join('\n'),
  );
});

t.test('alerts invariant 6: renderHtml() escapes every text', async (t) => {
  const html = renderHtml(BLOCKS);
  t.match(html, 'Node 7 is &lt;down&gt;.');
  t.match(html, '&quot;a&quot; &amp; &#39;b&#39;');
  t.match(html, '<li>&lt;script&gt;alert(1)&lt;/script&gt;</li>');
  t.notMatch(html, '<script');
});

t.test('cleanText() leaves one line without anything that a person cannot see', async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['kitchen', 'kitchen'],
    ['Küche 🍳', 'Küche 🍳'],
    ['a\r\nBcc: x@example.com', 'a Bcc: x@example.com'],
    ['a\u0000\u001b[31mb\u007f\u0085c', 'a [31mb c'],
    ['safe\u202Eexe.txt', 'safe exe.txt'],
    ['a\u2028b\u200Bc', 'a b c'],
    ['\ud800x', '\ufffdx'],
  ];
  for (const [text, expected] of cases) t.equal(cleanText(text), expected);
  t.equal(cleanText('🍳'.repeat(10), 4), '🍳🍳🍳…');
});
