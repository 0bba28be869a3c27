import { dismiss, notices } from '../data/notices.ts';
import { Icon } from '../parts/icon.tsx';

/** What was just done, or could not be, in the corner. */
export function NoticeList() {
  return (
    <div class="notices" role="status">
      {notices.value.map(({ id, kind, text }) => (
        <p key={id} class={`notice notice-${kind}`}>
          <span>{text}</span>
          <button type="button" class="icon-button" aria-label="Close" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  );
}
