import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { attempt } from '../data/notices.ts';

/** Properties of {@link ActionForm}. */
export interface ActionFormProps {
  /** The word on the button. */
  readonly action: string;
  readonly isDanger?: boolean;
  /** What to say when it worked. */
  readonly done?: string | undefined;
  readonly act: (form: FormData) => Promise<unknown>;
  /** Called when it worked. */
  readonly onDone?: (() => void) | undefined;
  readonly children?: ComponentChildren;
}

/** Some fields and a button that has the receiver do something. */
export function ActionForm({ action, isDanger = false, done, act, onDone, children }: ActionFormProps) {
  const [isBusy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    const data = new FormData(form);
    const worked = await attempt(() => act(data), done);
    setBusy(false);
    if (!worked) return;
    form.reset();
    onDone?.();
  };
  return (
    <form
      class="action-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      {children}
      <button type="submit" class={isDanger ? 'danger' : 'primary'} disabled={isBusy}>
        {action}
      </button>
    </form>
  );
}

/** A field's text without the spaces around it; undefined when nothing was entered. */
export function fieldOf(form: FormData, name: string): string | undefined {
  const text = String(form.get(name) ?? '').trim();
  return text === '' ? undefined : text;
}
