import { firingCount } from '../data/firing.ts';
import { route } from '../data/location.ts';
import { signOut } from '../data/session.ts';
import { nextTheme, theme } from '../data/theme.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { formatRoute } from '../route.ts';

interface NavItem {
  readonly page: string;
  readonly title: string;
  readonly icon: IconName;
}

/** The pages in the order of the bar. */
export const NAV_ITEMS: readonly NavItem[] = [
  { page: 'fleet', title: 'Fleet', icon: 'fleet' },
  { page: 'compare', title: 'Compare', icon: 'compare' },
  { page: 'alerts', title: 'Alerts', icon: 'alerts' },
  { page: 'copies', title: 'Copies', icon: 'copies' },
  { page: 'add', title: 'Add a node', icon: 'add' },
  { page: 'settings', title: 'Settings', icon: 'settings' },
];

/** The bar at the top; on a phone its links stand at the bottom. */
export function NavBar() {
  return (
    <header class="bar">
      <a class="brand" href={formatRoute('fleet')} aria-label="Fleetkeep, to the fleet">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <path d="M6 18h4l3-8 5 13 3-9 2 4h3" />
        </svg>
        <span>Fleetkeep</span>
      </a>
      <nav class="nav" aria-label="Pages">
        {NAV_ITEMS.map((item) => (
          <NavLink key={item.page} item={item} />
        ))}
      </nav>
      <div class="bar-end">
        <button
          type="button"
          class="icon-button"
          onClick={nextTheme}
          aria-label={`Colours: ${theme.value}. Change`}
          title={`Colours: ${theme.value}`}
        >
          <Icon name={theme.value} />
        </button>
        <button
          type="button"
          class="icon-button"
          onClick={() => void signOut()}
          aria-label="Sign out"
          title="Sign out"
        >
          <Icon name="out" />
        </button>
      </div>
    </header>
  );
}

function NavLink({ item }: { item: NavItem }) {
  const { page } = route.value;
  const isHere = page === item.page || (page === 'node' && item.page === 'fleet');
  return (
    <a class="nav-link" href={formatRoute(item.page)} aria-current={isHere ? 'page' : undefined}>
      <Icon name={item.icon} />
      <span>{item.title}</span>
      {item.page === 'alerts' && firingCount.value > 0 && (
        <span class="nav-count">
          {firingCount.value}
          <span class="unseen"> firing</span>
        </span>
      )}
    </a>
  );
}
