import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { connections, openEvents } from './data/events.ts';
import { followFiring } from './data/firing.ts';
import { fleetState, followFleet, loadFleet } from './data/fleet.ts';
import { route } from './data/location.ts';
import { followProgress } from './data/progress.ts';
import { checkSession, session } from './data/session.ts';
import { AddPage } from './pages/add/add-page.tsx';
import { AlertsPage } from './pages/alerts/alerts-page.tsx';
import { ComparePage } from './pages/compare/compare-page.tsx';
import { CopiesPage } from './pages/copies/copies-page.tsx';
import { FleetPage } from './pages/fleet/fleet-page.tsx';
import { NodePage } from './pages/node/node-page.tsx';
import { SettingsPage } from './pages/settings/settings-page.tsx';
import { SignInPage } from './pages/sign-in/sign-in-page.tsx';
import { Shell } from './shell/shell.tsx';

/** Everything there is to see. */
export function App() {
  const state = session.value;
  switch (state.kind) {
    case 'asking':
      return <div class="quiet-start" aria-busy="true" />;
    case 'signed-in':
      return <SignedIn />;
    case 'unreachable':
    case 'set-up-needed':
    case 'signed-out':
      return <SignInPage session={state} />;
    default:
      return state satisfies never;
  }
}

function SignedIn() {
  useEffect(() => {
    const stops = [followFleet(), followFiring(), followProgress(), openEvents(checkAfterBreak)];
    void loadFleet();
    const reload = effect(() => {
      // What changed before the news began, or while they were broken, does not come by itself.
      if (connections.value > 0 && fleetState.peek() === 'ready') void loadFleet();
    });
    stops.push(reload);
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return (
    <Shell>
      <Page />
    </Shell>
  );
}

function checkAfterBreak(): void {
  void checkSession();
}

function Page() {
  const { page, name } = route.value;
  switch (page) {
    case 'node':
      return name === undefined ? <FleetPage /> : <NodePage key={name} name={name} />;
    case 'compare':
      return <ComparePage />;
    case 'alerts':
      return <AlertsPage />;
    case 'copies':
      return <CopiesPage />;
    case 'add':
      return <AddPage />;
    case 'settings':
      return <SettingsPage />;
    default:
      return <FleetPage />;
  }
}
