/** Whether Enter that is pressed there does something of its own. */
export function isActing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('a, button, input, select, textarea, summary, dialog') !== null
  );
}

/** Whether a key that is pressed there is meant as text. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}
