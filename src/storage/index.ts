export { connectOnce } from './connect-once.ts';
export { prepared, withNext } from './connection.ts';
export { Database, type DatabaseOptions, type Trx } from './database.ts';
export { type EmbeddedOptions, EmbeddedPostgres } from './embedded/index.ts';
export { StorageError } from './errors.ts';
export { migrate } from './migrate.ts';
export { attachStorage, openStorage, type Storage } from './open.ts';
