import { isFileName, releaseForm } from '../names.ts';
import type { ByteReader } from './bytes.ts';
import { BLOCK, type Header, isZero, type Problem, readHeader } from './header.ts';
import { Refused } from './refused.ts';
import type { Reading, SourceCheck, SourceFile } from './source.ts';

/** A bundle has some hundred files. */
const MAX_FILES = 10_000;

/**
 * The files of a ustar archive in the form of docs/evidence-format.md, in a stream. What is refused and can be skipped is skipped;
 * else the reading ends.
 *
 * @param held how many bytes the archive has: no more can come out of it, whatever its headers say
 * @throws Refused
 */
export async function* unpacked(bytes: ByteReader, held: number, reading: Reading): AsyncGenerator<SourceFile> {
  const order = new Order();
  let left = held;
  for (let header = await nextHeader(bytes); header !== undefined; header = await nextHeader(bytes)) {
    left -= header.size;
    if (left < 0) throw new Refused('archive.size', `${JSON.stringify(header.path)} says it has more bytes than the archive holds`);
    const content = new Content(bytes, header);
    const problems = [...header.problems, ...order.problemsOf(header)];
    for (const { check, reason } of problems) reading.refuse({ check, reason, final: false });
    if (!problems.some(({ skip }) => skip)) yield { ...order.fileOf(header), chunks: () => content.read() };
    await content.skip();
  }
  if (!(await bytes.ended())) throw new Refused('archive.whole', 'there are bytes after the end of the archive');
}

/** The next header, or undefined at the two zero blocks that end an archive. */
async function nextHeader(bytes: ByteReader): Promise<Header | undefined> {
  const block = await bytes.take(BLOCK);
  if (block.length < BLOCK) throw new Refused('archive.whole', 'it ends before its end: two blocks of zeros must stand there');
  if (!isZero(block)) return readHeader(block);
  const second = await bytes.take(BLOCK);
  if (second.length === BLOCK && isZero(second)) return undefined;
  throw new Refused('archive.whole', 'one block of zeros stands where two must');
}

/** The bytes behind one header, and the zeros that fill its last block. */
class Content {
  readonly #bytes: ByteReader;
  readonly #path: string;
  #left: number;
  readonly #padding: number;

  constructor(bytes: ByteReader, { path, size }: Header) {
    this.#bytes = bytes;
    this.#path = path;
    this.#left = size;
    this.#padding = (BLOCK - (size % BLOCK)) % BLOCK;
  }

  async *read(): AsyncGenerator<Buffer> {
    for await (const part of this.#bytes.stream(this.#left)) {
      this.#left -= part.length;
      yield part;
    }
    if (this.#left > 0)
      throw new Refused('archive.size', `${JSON.stringify(this.#path)} says it has ${this.#left} bytes more than are there`);
  }

  /** What nobody read, and the padding. */
  async skip(): Promise<void> {
    for await (const _ of this.read());
    const padding = await this.#bytes.take(this.#padding);
    if (padding.length < this.#padding) throw new Refused('archive.whole', 'it ends in the middle of a block');
    if (!isZero(padding)) throw new Refused('archive.whole', `something stands behind ${JSON.stringify(this.#path)}`);
  }
}

const pathForm = /^evidence-([^/]+)\/([^/]+)$/;

/** `evidence-<release>/<name>`, one release, one time, names rising. */
class Order {
  #first: Header | undefined;
  readonly #names = new Set<string>();
  #last = '';

  problemsOf(header: Header): Problem[] {
    const { path, seconds } = header;
    const problem = (check: SourceCheck, reason: string, skip = true) => [{ check, reason: `${JSON.stringify(path)} ${reason}`, skip }];
    const { folder, name } = split(path);
    if (!releaseForm.test(folder) || !isFileName(name)) return problem('archive.name', 'is not `evidence-<release>/` and a plain name');
    this.#first ??= header;
    if (folder !== split(this.#first.path).folder) return problem('archive.name', 'is not in the folder of the first file');
    if (this.#names.has(name)) return problem('archive.name', 'is there twice');
    if (this.#names.size === MAX_FILES) throw new Refused('archive.size', `it has more than ${MAX_FILES} files`);
    this.#names.add(name);
    if (name < this.#last) return problem('archive.name', 'is not in the order of names', false);
    this.#last = name;
    return seconds === this.#first.seconds ? [] : problem('archive.whole', 'has another time than the first file', false);
  }

  fileOf({ path, size, seconds }: Header): Omit<SourceFile, 'chunks'> {
    const { folder, name } = split(path);
    return { name, size, packed: { folder: `evidence-${folder}`, seconds } };
  }
}

function split(path: string): { folder: string; name: string } {
  const [, folder = '', name = ''] = pathForm.exec(path) ?? [];
  return { folder, name };
}
