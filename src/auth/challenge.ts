const realm = 'countersign';

/**
 * A `WWW-Authenticate` value of the Bearer scheme: https://www.rfc-editor.org/rfc/rfc6750#section-3
 *
 *     Bearer realm="countersign"
 *     Bearer realm="countersign", error="invalid_token", error_description="the token expired"
 */
export function bearerChallenge(error: string | undefined, description: string): string {
  if (error === undefined) return `Bearer realm="${realm}"`;
  return `Bearer realm="${realm}", error="${error}", error_description="${quotable(description)}"`;
}

/**
 * What tells a client to sign in again, better or afresh: https://www.rfc-editor.org/rfc/rfc9470#section-3
 *
 *     Bearer realm="countersign", error="insufficient_user_authentication", error_description="…", acr_values="urn:…:mfa", max_age="900"
 *
 * @param asked `acrValues` in the spelling of OpenID Connect (separated by blanks), `maxAge` in seconds.
 */
export function stepUpChallenge(asked: { readonly acrValues: string; readonly maxAge: number }, description: string): string {
  const challenge = bearerChallenge('insufficient_user_authentication', description);
  return `${challenge}, acr_values="${quotable(asked.acrValues)}", max_age="${asked.maxAge}"`;
}

/** RFC 6750 allows %x20-21 / %x23-5B / %x5D-7E; a description may name what the token says, so nothing else may pass. */
function quotable(text: string): string {
  return text.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, 200);
}
