import { formatBytes } from '../../text/format-value.ts';

type Plain = Readonly<Record<string, unknown>>;

const TITLES: Readonly<Record<string, string>> = { os: 'Operating system', cpu: 'Processor', bios: 'BIOS' };
const BYTES_KEYS = /^(?:size|total|memory|vram|capacity)$/;

/** What the machine is made of, whatever the sender found: groups of words, lists as tables. */
export function NodeInventory({ inventory }: { inventory: Plain | null }) {
  if (inventory === null)
    return <p class="nothing">The sender has not told yet what this machine is made of.</p>;
  const entries = Object.entries(inventory);
  const alone = entries.filter(([, value]) => !isGroup(value));
  return (
    <div class="inventory">
      {alone.length > 0 && <Group title="machine" value={Object.fromEntries(alone)} />}
      {entries
        .filter(([, value]) => isGroup(value))
        .map(([key, value]) => (
          <Group key={key} title={key} value={value} />
        ))}
    </div>
  );
}

function Group({ title, value }: { title: string; value: unknown }) {
  return (
    <section class={Array.isArray(value) ? 'card inventory-list' : 'card'}>
      <h2>{TITLES[title] ?? wordsOf(title)}</h2>
      {Array.isArray(value) ? <List title={wordsOf(title)} rows={value} /> : <Facts value={value as Plain} />}
    </section>
  );
}

function Facts({ value }: { value: Plain }) {
  return (
    <dl class="facts">
      {Object.entries(value).map(([key, entry]) => (
        <div key={key}>
          <dt>{wordsOf(key)}</dt>
          <dd>{showEntry(key, entry)}</dd>
        </div>
      ))}
    </dl>
  );
}

function List({ title, rows }: { title: string; rows: readonly unknown[] }) {
  const objects = rows.filter((row) => typeof row === 'object' && row !== null) as readonly Plain[];
  if (objects.length === 0) return <p>{rows.map(String).join(', ') || 'none'}</p>;
  const keys = [...new Set(objects.flatMap((row) => Object.keys(row)))];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="table-scroll" tabIndex={0} aria-label={`${title}, as a table`}>
      <table class="list">
        <thead>
          <tr>
            {keys.map((key) => (
              <th key={key} scope="col">
                {wordsOf(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {objects.map((row, index) => (
            <tr key={String(index)}>
              {keys.map((key) => (
                <td key={key}>{showEntry(key, row[key])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function isGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function showEntry(key: string, value: unknown): string {
  if (typeof value === 'number' && BYTES_KEYS.test(key) && value > 2 ** 20) return formatBytes(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return value === undefined || value === null ? '' : String(value);
}

/** `physicalCores` as people write it: “physical cores”. */
function wordsOf(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}
