import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../../core/index.ts';
import { VerifyError } from '../errors.ts';

/** A checkpoint with a hundred signatures, a hundred rotations, a full bundle: nothing of a log is larger in one piece. */
const LARGEST = 256 * (2 + 65_535);

/** A small file, whole, as text. @throws VerifyError `verify.file_unreadable`, also when it is not UTF-8 */
export async function readText(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  const bytes = await readBytes(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** A file of which there may be none. */
export async function readTextIfThere(folder: string, name: string): Promise<string | undefined> {
  return (await isThere(join(folder, name))) ? readText(folder, name) : undefined;
}

export async function readBytesIfThere(file: string): Promise<Buffer | undefined> {
  return (await isThere(file)) ? readBytes(file) : undefined;
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const { size } = await regularFile(file);
    if (size > LARGEST) throw new Error(`it has ${size} bytes`);
    return await readFile(file);
  } catch (cause) {
    throw cause instanceof VerifyError ? cause : unreadable(file, cause);
  }
}

export async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** A file in pieces, at constant memory. */
export async function* chunksOf(file: string, size: number): AsyncGenerator<Buffer> {
  try {
    await regularFile(file);
    const handle = await open(file);
    try {
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(size), 0, size, null);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cause instanceof VerifyError ? cause : unreadable(file, cause);
  }
}

/** A pipe or device could keep us for ever. */
async function regularFile(file: string): Promise<{ size: number }> {
  const found = await stat(file);
  if (!found.isFile()) throw new Error('it is not a regular file');
  return found;
}

function unreadable(file: string, cause: unknown): VerifyError {
  return new VerifyError('verify.file_unreadable', `cannot read \`${file}\`: ${messageOf(cause)}`, {
    cause,
    remedy: 'give the folder that `countersign ledger export` wrote',
  });
}
