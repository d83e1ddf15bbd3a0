import { CodedError } from '../../core/index.ts';

export type DevIssuerErrorCode =
  | 'auth.dev_issuer_refused'
  | 'auth.dev_issuer_unavailable'
  | 'auth.dev_key_missing'
  | 'auth.dev_key_invalid'
  | 'auth.dev_identity_unknown'
  | 'auth.dev_acr_unknown';

/** Something that stops the dev issuer or a token of its. */
export class DevIssuerError extends CodedError<DevIssuerErrorCode> {}
