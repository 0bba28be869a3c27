import { type Theme, theme } from '../../data/theme.ts';

const CHOICES: readonly { readonly name: Theme; readonly title: string }[] = [
  { name: 'auto', title: 'As the system' },
  { name: 'light', title: 'Light' },
  { name: 'dark', title: 'Dark' },
];

/** Light or dark. */
export function ThemeChoice() {
  return (
    <fieldset class="choices">
      <legend class="unseen">Colours</legend>
      {CHOICES.map(({ name, title }) => (
        <button
          key={name}
          type="button"
          aria-pressed={theme.value === name}
          onClick={() => {
            theme.value = name;
          }}
        >
          {title}
        </button>
      ))}
    </fieldset>
  );
}
