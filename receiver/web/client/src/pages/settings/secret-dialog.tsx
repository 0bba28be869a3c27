import { signal } from '@preact/signals';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Dialog } from '../../parts/dialog.tsx';

/** A token that was just made; it can be seen this one time only. */
export const newToken = signal<string | undefined>(undefined);

/** Shows the new token until it is closed. */
export function SecretDialog() {
  if (newToken.value === undefined) return null;
  return (
    <Dialog title="The new token" onClose={() => (newToken.value = undefined)}>
      <p>Copy it now: the receiver keeps only its digest and cannot show it again.</p>
      <div class="join-line">
        <code>{newToken.value}</code>
        <CopyButton text={newToken.value} />
      </div>
    </Dialog>
  );
}
