/** Standard base64 (RFC 4648 §4) in its one canonical form; undefined for anything else, loose trailing bits included. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
