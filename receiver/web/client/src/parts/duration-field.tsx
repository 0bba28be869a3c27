const CHOICES = [
  { title: '1 hour', seconds: 3600 },
  { title: '4 hours', seconds: 4 * 3600 },
  { title: '1 day', seconds: 86_400 },
  { title: '1 week', seconds: 7 * 86_400 },
] as const;

/** Properties of {@link DurationField}. */
export interface DurationFieldProps {
  readonly label: string;
  readonly name: string;
  /** The choice of no end, when there is one. */
  readonly endless?: string;
}

/** How long something shall hold; its value are seconds, or nothing for no end. */
export function DurationField({ label, name, endless }: DurationFieldProps) {
  return (
    <label class="field">
      {label}
      <select name={name}>
        {CHOICES.map(({ title, seconds }) => (
          <option key={seconds} value={seconds}>
            {title}
          </option>
        ))}
        {endless !== undefined && <option value="">{endless}</option>}
      </select>
    </label>
  );
}
