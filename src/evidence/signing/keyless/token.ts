import { CIContextProvider } from '@sigstore/sign';
import { z } from 'zod';
import { EvidenceError } from '../../errors.ts';

/** What sigstore's authorities expect a token to be for. */
const AUDIENCE = 'sigstore';

const claims = z.union([z.looseObject({ email: z.string(), email_verified: z.literal(true) }), z.looseObject({ sub: z.string().min(1) })]);

/**
 * The token given, else the one that the CI service has for us.
 *
 * @throws EvidenceError `evidence.identity_missing`, `evidence.identity_malformed`; never with the token in the message
 */
export async function readToken(given: string | undefined): Promise<string> {
  const token = (given ?? (await offered())).trim();
  // Looked at here, although the authority decides: the library quotes a token that it cannot read.
  if (claims.safeParse(claimsIn(token)).success) return token;
  throw new EvidenceError('evidence.identity_malformed', 'the identity token is not a JSON Web Token with a subject or a verified e-mail', {
    remedy: 'give the token that your OpenID Connect provider issued for the audience `sigstore`; nothing was signed',
  });
}

async function offered(): Promise<string> {
  try {
    return await new CIContextProvider(AUDIENCE).getToken();
  } catch {
    throw new EvidenceError('evidence.identity_missing', 'there is no identity to sign as', {
      remedy: 'in GitHub Actions allow `id-token: write`; elsewhere set SIGSTORE_ID_TOKEN or give --identity-token; nothing was signed',
    });
  }
}

function claimsIn(token: string): unknown {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    return JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
