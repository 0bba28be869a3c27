import { TIERS } from './tiers.ts';

const TIER_TABLES = TIERS.map(
  ({ index }) => `
  CREATE TABLE IF NOT EXISTS tail_${index} (id INTEGER PRIMARY KEY, layout INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS block_${index} (id INTEGER PRIMARY KEY, layout INTEGER NOT NULL, data BLOB NOT NULL) STRICT;`,
).join('');

/** The tables of history.db, made where they are missing, and how it is opened. */
export const HISTORY_SCHEMA = `
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS nodes (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    layout INTEGER,
    last TEXT NOT NULL DEFAULT '[]',
    inventory TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS logs (
    log_id TEXT PRIMARY KEY,
    node INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    prime_segment INTEGER,
    prime_offset INTEGER,
    interval_ms REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS layouts (id INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE) STRICT;
  ${TIER_TABLES}`;
