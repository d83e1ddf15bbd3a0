import { createHash } from 'node:crypto';

/** What a file has to be. */
export type Expected = { readonly digest: string; readonly size: number };

/**
 * Passes bytes on, and ends with an error unless they are the file that is expected. The last of them are held back until that is known,
 * so that whoever got all bytes got the right ones.
 *
 * @param refuse makes the error out of what is wrong
 */
export async function* whole(
  content: AsyncIterable<Uint8Array>,
  { digest, size }: Expected,
  refuse: (problem: string) => Error,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held: Uint8Array | undefined;
  let seen = 0;
  for await (const chunk of content) {
    seen += chunk.length;
    if (seen > size) throw refuse(`there are more bytes than the ${size} that were announced`);
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (seen < size) throw refuse(`there are ${seen} bytes, ${size} were announced`);
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== digest) throw refuse(`the bytes are \`${found}\`, not \`${digest}\``);
  if (held !== undefined) yield held;
}
