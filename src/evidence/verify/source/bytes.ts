const nothing = Buffer.alloc(0);

/** Bytes that come in pieces, taken in the pieces that are wanted. Holds one piece at a time. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = nothing;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next `count` bytes as one; fewer only where they end. Holds until more is asked for. */
  async take(count: number): Promise<Buffer> {
    await this.#fill();
    if (this.#rest.length >= count) return this.#skip(count);
    const parts: Buffer[] = [];
    for await (const part of this.stream(count)) parts.push(Buffer.from(part));
    return Buffer.concat(parts);
  }

  /** The next `count` bytes as they come; fewer only where they end. */
  async *stream(count: number): AsyncGenerator<Buffer> {
    let left = count;
    while (left > 0 && (await this.#fill())) {
      const part = this.#skip(left);
      left -= part.length;
      yield part;
    }
  }

  async ended(): Promise<boolean> {
    return !(await this.#fill());
  }

  #skip(most: number): Buffer {
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done === true) return false;
      this.#rest = value;
    }
    return true;
  }
}
