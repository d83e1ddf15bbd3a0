import { AuthError } from '../auth/index.ts';
import { CatalogError } from '../catalog/index.ts';
import type { CodedError } from '../core/index.ts';
import { GovernError } from '../govern/index.ts';
import { IncidentError } from '../incidents/index.ts';
import { LedgerError } from '../ledger/index.ts';
import { StorageError } from '../storage/index.ts';
import { GatewayError } from './errors.ts';

/** An error as callers see it: a stable code, an HTTP status for REST, a sentence, and what to do. */
export type PublicError = {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly remedy?: string;
};

/** Codes of domain errors that callers may see, with their HTTP status. What is not listed is masked. */
const statuses: { readonly [code: string]: number } = {
  'govern.invalid_arguments': 400,
  'govern.idempotency_conflict': 409,
  'govern.overloaded': 503,
  'govern.stopping': 503,
  'incident.adapter_unknown': 400,
  'incident.payload_invalid': 400,
  'ledger.entry_too_large': 413,
  'ledger.backlog_full': 503,
  'ledger.conflict': 409,
  'ledger.out_of_range': 400,
  'ledger.archive_refused': 409,
  'ledger.cursor_malformed': 400,
  'ledger.cursor_foreign': 400,
  'evidence.length_required': 411,
  'evidence.too_large': 413,
  'evidence.upload_mismatch': 422,
  'evidence.store_unavailable': 503,
  'evidence.file_damaged': 500,
  'evidence.busy': 503,
  'evidence.changed_meanwhile': 409,
  'evidence.published_otherwise': 409,
  'evidence.cursor_malformed': 400,
  'storage.unavailable': 503,
  'storage.full': 503,
  'storage.conflict': 503,
  'gateway.body_too_large': 413,
  'gateway.body_malformed': 400,
  'gateway.body_not_json': 415,
  'gateway.body_stalled': 408,
  'gateway.body_cut_off': 400,
  'gateway.uploads_full': 503,
  'gateway.downloads_full': 503,
  'gateway.webhook_unauthorized': 401,
};

/** The one map from domain errors to what callers see; undefined: a fault of ours, to be logged and masked. */
export function toPublic(error: unknown): PublicError | undefined {
  if (error instanceof AuthError) return describe(error, error.status);
  if (!isDomainError(error)) return undefined;
  const status = statuses[error.code];
  return status === undefined ? undefined : describe(error, status);
}

function isDomainError(error: unknown): error is CodedError {
  return [GovernError, IncidentError, CatalogError, LedgerError, StorageError, GatewayError].some((kind) => error instanceof kind);
}

function describe(error: CodedError, status: number): PublicError {
  const { code, message, remedy } = error;
  return { code, status, message, ...(remedy !== undefined && { remedy }) };
}

/** What is said of a fault of ours: nothing but that it was one. */
export const masked: PublicError = {
  code: 'internal',
  status: 500,
  message: 'something went wrong on our side',
  remedy: 'repeat the call with the same idempotency key; if it lasts, tell the operators the time of the call',
};
