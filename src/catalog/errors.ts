import { CodedError } from '../core/index.ts';

export type CatalogErrorCode =
  | 'evidence.length_required'
  | 'evidence.too_large'
  | 'evidence.upload_mismatch'
  | 'evidence.file_damaged'
  | 'evidence.store_unavailable'
  | 'evidence.busy'
  | 'evidence.changed_meanwhile'
  | 'evidence.published_otherwise'
  | 'evidence.cursor_malformed';

/** Why the catalog could not take or give something. What a rule refuses is no error but a decision. */
export class CatalogError extends CodedError<CatalogErrorCode> {}
