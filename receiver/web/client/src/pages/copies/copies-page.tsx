import { useEffect } from 'preact/hooks';
import { getJson } from '../../data/api.ts';
import type { CopiesAnswer } from '../../data/contract.ts';
import { connections } from '../../data/events.ts';
import { progress } from '../../data/progress.ts';
import { useResource } from '../../data/use-resource.ts';
import { CopiesTable } from './copies-table.tsx';
import { MirrorCard } from './mirror-card.tsx';

const EVERY_MS = 10_000;

/** Where each copy of each log ends, and what the second drive does. */
export function CopiesPage() {
  const isBusy = (progress.mirror.value?.running ?? false) || (progress.verify.value?.running ?? false);
  const { value, error, reload } = useResource<CopiesAnswer>(
    (signal) => getJson('/copies', signal),
    'copies',
    [connections.value, isBusy],
  );
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="copies-page">
      <h1>Copies</h1>
      {error && <p class="problem">{error.message}</p>}
      {value && <MirrorCard mirror={value.mirror} />}
      {value && <CopiesTable copies={value.nodes} />}
    </div>
  );
}
