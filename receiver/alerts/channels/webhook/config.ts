/** A program that takes alerts by HTTP. */
export interface WebhookConfig {
  readonly kind: 'webhook';
  readonly url: string;
  /** Signs what is sent; left out: not signed. */
  readonly secret?: string | undefined;
  /** Sent as `Authorization: Bearer`; left out: nothing. */
  readonly token?: string | undefined;
}
