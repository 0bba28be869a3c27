import type { ComponentChildren } from 'preact';
import { connection } from '../data/events.ts';
import { fleetState } from '../data/fleet.ts';
import { NAV_ITEMS, NavBar } from './nav-bar.tsx';
import { NoticeList } from './notice-list.tsx';
import { useArrival } from './use-arrival.ts';
import { usePageKeys } from './use-page-keys.ts';

/** What stands around every page: the bar with the way to the others, and the word that news have stopped. */
export function Shell({ children }: { children: ComponentChildren }) {
  usePageKeys();
  useArrival(titleOf);
  return (
    <>
      <button type="button" class="skip-link" onClick={skipToMain}>
        Skip to the page
      </button>
      <NavBar />
      <div class="news-lost" role="status">
        {isLost() && (
          <p>
            <strong>Connection lost.</strong> What you see is from before. Trying again…
          </p>
        )}
      </div>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <NoticeList />
    </>
  );
}

function titleOf(page: string): string {
  return NAV_ITEMS.find((item) => item.page === page)?.title ?? 'Fleet';
}

function isLost(): boolean {
  return connection.value === 'lost' && fleetState.value !== 'loading';
}

/** A link would change the address, which belongs to the router. */
function skipToMain(): void {
  document.getElementById('main')?.focus();
}
