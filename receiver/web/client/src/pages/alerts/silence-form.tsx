import { send } from '../../data/api.ts';
import { ActionForm, fieldOf } from '../../parts/action-form.tsx';
import { DurationField } from '../../parts/duration-field.tsx';

/** Properties of {@link SilenceForm}. */
export interface SilenceFormProps {
  /** What shall be silent, when that is known already. */
  readonly pattern?: string;
  readonly onDone: () => void;
}

/** Has the receiver tell nobody for a while. */
export function SilenceForm({ pattern = '', onDone }: SilenceFormProps) {
  return (
    <>
      <p class="muted">
        Nobody is told about it for a while; it stays in the history. What still lasts at the end is told
        then.
      </p>
      <ActionForm
        action="Silence"
        act={(form) =>
          send('POST', '/silences', {
            pattern: fieldOf(form, 'pattern'),
            forSeconds: Number(form.get('for')),
            why: fieldOf(form, 'why') ?? '',
          })
        }
        onDone={onDone}
      >
        <label class="field is-wide">
          A node, a rule or an alert; * and ? stand for anything
          <input name="pattern" required defaultValue={pattern} placeholder="lab-*" autocapitalize="none" />
        </label>
        <DurationField label="For" name="for" />
        <label class="field">
          Reason
          <input name="why" required placeholder="new disks" />
        </label>
      </ActionForm>
    </>
  );
}
