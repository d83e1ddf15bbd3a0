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

/** RFC 6750 allows %x20-21 / %x23-5B / %x5D-7E; a description may name what the token says, so nothing else may pass. */
function quotable(text: string): string {
  return text.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, 200);
}
