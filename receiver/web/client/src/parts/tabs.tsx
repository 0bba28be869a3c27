import { formatRoute } from '../route.ts';

/** Properties of {@link Tabs}. */
export interface TabsProps {
  readonly page: string;
  readonly name?: string | undefined;
  readonly here: string;
  /** The tab that needs no word in the address. */
  readonly first: string;
  readonly tabs: readonly {
    readonly tab: string;
    readonly title: string;
    readonly count?: number | undefined;
  }[];
}

/** Links to the parts of a page. */
export function Tabs({ page, name, here, first, tabs }: TabsProps) {
  return (
    <nav class="tabs" aria-label="Parts of this page">
      {tabs.map(({ tab, title, count }) => (
        <a
          key={tab}
          href={formatRoute(page, name, { tab: tab === first ? undefined : tab })}
          aria-current={tab === here ? 'page' : undefined}
        >
          {title}
          {count !== undefined && count > 0 && <span class="tab-count">{count}</span>}
        </a>
      ))}
    </nav>
  );
}
