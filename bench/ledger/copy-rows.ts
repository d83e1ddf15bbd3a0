const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const MICROSECONDS_TO_2000 = BigInt(Date.UTC(2000, 0, 1)) * 1_000n;

export type Field = string | Uint8Array | bigint | Date | null;

/** Rows in PostgreSQL's binary COPY format (`COPY`, "Binary Format"), in one buffer that grows. */
export class CopyRows {
  #bytes: Buffer;
  #end: number;

  /** `expected`: bytes it will have, about; it grows beyond them. */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(expected, 1_024));
    this.#end = SIGNATURE.copy(this.#bytes);
    this.#int32(0); // flags
    this.#int32(0); // length of the header's extension
  }

  /** `string` as text, bytes as bytea, `bigint` as int8, `Date` as timestamptz. */
  add(...fields: readonly Field[]): void {
    this.#reserve(2);
    this.#end = this.#bytes.writeInt16BE(fields.length, this.#end);
    for (const field of fields) this.#field(field);
  }

  /** All rows, with the end that the format wants. */
  finish(): Buffer {
    this.#reserve(2);
    this.#end = this.#bytes.writeInt16BE(-1, this.#end);
    return this.#bytes.subarray(0, this.#end);
  }

  #field(field: Field): void {
    if (field === null) this.#int32(-1);
    else if (typeof field === 'bigint') this.#int64(field);
    else if (field instanceof Date) this.#int64(BigInt(field.getTime()) * 1_000n - MICROSECONDS_TO_2000);
    else this.#variable(typeof field === 'string' ? Buffer.from(field, 'utf8') : field);
  }

  #variable(bytes: Uint8Array): void {
    this.#int32(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #int64(value: bigint): void {
    this.#int32(8);
    this.#reserve(8);
    this.#end = this.#bytes.writeBigInt64BE(value, this.#end);
  }

  #int32(value: number): void {
    this.#reserve(4);
    this.#end = this.#bytes.writeInt32BE(value, this.#end);
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + bytes));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}
