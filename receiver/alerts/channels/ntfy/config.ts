/** A topic of ntfy.sh, or of a server of one's own. */
export interface NtfyConfig {
  readonly kind: 'ntfy';
  /** Server and topic, such as `https://ntfy.sh/my-fleet`. */
  readonly url: string;
  /** Access token, for a topic that wants one. */
  readonly token?: string | undefined;
}
