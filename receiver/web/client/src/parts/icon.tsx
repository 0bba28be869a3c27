const PATHS = {
  fleet: 'M3 5h14M3 10h14M3 15h14',
  compare: 'M3 15l4-6 4 3 6-8M3 10l4 3 4-8 6 6',
  alerts: 'M10 3a5 5 0 0 0-5 5v3l-1.5 3h13L15 11V8a5 5 0 0 0-5-5ZM8.5 16.5a1.6 1.6 0 0 0 3 0',
  copies: 'M7 7h9v9H7zM4 13V4h9',
  add: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  auto: 'M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14ZM10 3v14M12 5v10M14.5 6.5v7',
  light:
    'M10 6.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7ZM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6L16 16M4 16l1.4-1.4M14.6 5.4L16 4',
  dark: 'M16 12.2A6.8 6.8 0 0 1 7.8 4a6.6 6.6 0 1 0 8.2 8.2Z',
  out: 'M8 4H4v12h4M12 6l4 4-4 4M16 10H8',
  back: 'M12 4l-6 6 6 6',
  next: 'M8 4l6 6-6 6',
  down: 'M5 8l5 5 5-5',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4ZM12.8 12.8L17 17',
  close: 'M5 5l10 10M15 5L5 15',
  download: 'M10 3v9M6 9l4 4 4-4M4 16h12',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  pause: 'M7 4v12M13 4v12',
  play: 'M6 4l10 6-10 6z',
  group: 'M3 4h6v5H3zM11 4h6v5h-6zM3 12h6v5H3zM11 12h6v5h-6z',
  check: 'M4 10.5l4 4 8-9',
  help: 'M7.5 7.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M10 14.6v.4',
} as const;

/** Names of the drawings. */
export type IconName = keyof typeof PATHS;

/** A line drawing beside a word, or in a button that has a name of its own. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
