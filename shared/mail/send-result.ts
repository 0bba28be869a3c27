/**
 * How sending went. `try_later` with scope `channel`: nothing can be sent just now (server away, password wrong), so the
 * other messages need not be tried; with scope `message`: this one was put off. `refused`: it will never be taken.
 */
export type SendResult =
  | { readonly kind: 'sent' }
  | {
      readonly kind: 'try_later';
      readonly scope: 'message' | 'channel';
      readonly error: string;
      /** How long the other side asks to be left alone, ms; undefined where it does not say. */
      readonly afterMs?: number | undefined;
      /** What to do about it. */
      readonly hint?: string | undefined;
    }
  | { readonly kind: 'refused'; readonly error: string; readonly hint?: string | undefined };
