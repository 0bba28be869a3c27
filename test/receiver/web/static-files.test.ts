import t from 'tap';
import { chooseBody, readStaticFiles } from '../../../receiver/web/static-files.ts';

t.test('the built client is sent as small as the browser takes it', async (t) => {
  const directory = t.testdir({
    'index.html': 'page',
    assets: { 'app-1a2b.js': 'plain', 'app-1a2b.js.br': 'brotli', 'app-1a2b.js.gz': 'gzip' },
  });
  const files = await readStaticFiles(directory);
  t.strictSame([...files.keys()].toSorted(), ['/', '/assets/app-1a2b.js']);
  const [page, script] = [files.get('/'), files.get('/assets/app-1a2b.js')];
  t.match(page, { type: 'text/html; charset=utf-8', isImmutable: false });
  t.match(script, { type: 'text/javascript; charset=utf-8', isImmutable: true });
  if (page === undefined || script === undefined) throw new Error('both files are there');
  const sent = (accepted: string) => chooseBody(script, accepted).body.toString();
  t.strictSame(['gzip, deflate, br', 'gzip', ''].map(sent), ['brotli', 'gzip', 'plain']);
  t.match(chooseBody(page, 'br, gzip'), { encoding: 'identity' }, 'there is no smaller one');
});

t.test('a client that was not built is no files, not an error', async (t) => {
  t.equal((await readStaticFiles(`${t.testdir()}/missing`)).size, 0);
});
