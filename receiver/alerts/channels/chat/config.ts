/** An incoming webhook of a chat; the address is the secret. */
export interface ChatConfig {
  readonly kind: 'slack' | 'mattermost' | 'discord';
  readonly url: string;
}
