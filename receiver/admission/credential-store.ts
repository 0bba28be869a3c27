import type { SQLOutputValue } from 'node:sqlite';
import type { Verifier } from '../../shared/auth/auth.ts';
import { type NodeName, parseNodeName } from '../../shared/names/node-name.ts';
import type { StateStore } from '../fleet/state-store.ts';

/** What a node may connect with. One for each node. */
export interface Credential {
  /** A UUID, said in HELLO; not secret. */
  readonly id: string;
  readonly node: NodeName;
  readonly verifier: Verifier;
  /** The join code that it came from. */
  readonly code: string;
  /** A UUID that the joining sender made for itself, to be known again when the answer to its JOIN was lost. */
  readonly installation: string;
  readonly madeMs: number;
  /** When it was first connected with; undefined before. */
  readonly usedMs: number | undefined;
  /** Since when and why it is not taken any more. */
  readonly revoked: { readonly sinceMs: number; readonly why: string } | undefined;
  /** The name that the node is to take; undefined where none is. */
  readonly nextName: NodeName | undefined;
  /** SHA-256 of the newest certificate that the node has said it will know, hex; undefined before the first change of it. */
  readonly trusts: string | undefined;
}

/** The table `credentials`. */
export interface CredentialStore {
  read(): Credential[];
  /** Writes one, in place of what the node had before. Call it in a transaction. */
  save(credential: Credential): void;
  remove(node: NodeName): void;
}

const SAVE = `
  INSERT INTO credentials (id, node, stored_key, server_key, code, installation, made_ms, used_ms, revoked_ms, revoked_why, next_name, trusts)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The credentials in the receiver's state on disk. */
export function credentialStore({ database }: StateStore): CredentialStore {
  return {
    read: () => database.prepare('SELECT * FROM credentials').all().map(readRow),
    save(credential) {
      const { id, node, verifier, revoked } = credential;
      database.prepare('DELETE FROM credentials WHERE node = ? OR id = ?').run(node, id);
      database
        .prepare(SAVE)
        .run(
          id,
          node,
          verifier.storedKey,
          verifier.serverKey,
          credential.code,
          credential.installation,
          Math.round(credential.madeMs),
          credential.usedMs === undefined ? null : Math.round(credential.usedMs),
          revoked === undefined ? null : Math.round(revoked.sinceMs),
          revoked?.why ?? null,
          credential.nextName ?? null,
          credential.trusts ?? null,
        );
    },
    remove: (node) => void database.prepare('DELETE FROM credentials WHERE node = ?').run(node),
  };
}

const byName = new Intl.Collator('en', { numeric: true });

/** Credentials in the order in which people count their nodes: 2 before 10. */
export function sortCredentials(credentials: Iterable<Credential>): Credential[] {
  return [...credentials].sort((a, b) => byName.compare(a.node, b.node));
}

function readRow(row: Record<string, SQLOutputValue>): Credential {
  const { used_ms: usedMs, revoked_ms: revokedMs, next_name: nextName, trusts } = row;
  return {
    id: String(row['id']),
    node: parseNodeName(String(row['node'])),
    verifier: { storedKey: bytesOf(row['stored_key']), serverKey: bytesOf(row['server_key']) },
    code: String(row['code']),
    installation: String(row['installation']),
    madeMs: Number(row['made_ms']),
    usedMs: typeof usedMs === 'number' ? usedMs : undefined,
    revoked:
      typeof revokedMs === 'number'
        ? { sinceMs: revokedMs, why: String(row['revoked_why'] ?? '') }
        : undefined,
    nextName: typeof nextName === 'string' ? parseNodeName(nextName) : undefined,
    trusts: typeof trusts === 'string' ? trusts : undefined,
  };
}

function bytesOf(value: SQLOutputValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}
