import { CodedError } from '../core/index.ts';
import { bearerChallenge } from './challenge.ts';

export type AuthErrorCode =
  | 'auth.token_missing'
  | 'auth.token_malformed'
  | 'auth.token_expired'
  | 'auth.token_not_yet_valid'
  | 'auth.issuer_unknown'
  | 'auth.audience_mismatch'
  | 'auth.algorithm_refused'
  | 'auth.key_unknown'
  | 'auth.signature_invalid'
  | 'auth.claims_invalid'
  | 'auth.role_missing'
  | 'auth.issuer_unavailable';

/** A request whose caller is not known, with what HTTP answers: the status and the `WWW-Authenticate` value (RFC 6750 §3). */
export class AuthError extends CodedError<AuthErrorCode> {
  readonly status: 401 | 403 | 503;
  readonly challenge: string;

  constructor(code: AuthErrorCode, message: string, options: { cause?: unknown; remedy?: string } = {}) {
    super(code, message, options);
    const { status, error } = answerOf(code);
    this.status = status;
    this.challenge = bearerChallenge(error, message);
  }
}

/** An error code tells the client that its token is at fault; where it sent none, or the fault is ours, RFC 6750 wants none. */
function answerOf(code: AuthErrorCode): { status: 401 | 403 | 503; error?: 'invalid_token' | 'insufficient_scope' } {
  switch (code) {
    case 'auth.token_missing':
      return { status: 401 };
    case 'auth.role_missing':
      return { status: 403, error: 'insufficient_scope' };
    case 'auth.issuer_unavailable':
      return { status: 503 };
    default:
      return { status: 401, error: 'invalid_token' };
  }
}
