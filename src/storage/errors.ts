import { CodedError } from '../core/index.ts';

export type StorageErrorCode =
  | 'storage.unavailable'
  | 'storage.conflict'
  | 'storage.full'
  | 'storage.in_use'
  | 'storage.start_failed'
  | 'storage.binaries_missing'
  | 'storage.invalid_url';

/** Something between us and PostgreSQL: it is away, full, already in use, or lost a race too often. */
export class StorageError extends CodedError<StorageErrorCode> {}
