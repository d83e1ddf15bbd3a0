import { type RawBuilder, sql } from 'kysely';

/** Columns of many rows, a parameter each, to be unnested. */
export function texts(values: readonly (string | null)[]): RawBuilder<unknown> {
  return sql`${literal(values.map((value) => (value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`)))}::text[]`;
}

export function numbers(values: readonly (number | bigint)[]): RawBuilder<unknown> {
  return sql`${literal(values)}::bigint[]`;
}

/**
 * A column of bytes, one behind the other in one parameter: an array of them would be sent as hex, and cost both sides more than the rows
 * do. To be unnested are `starts` and `lengths`; `cut` takes their names and is the value in its row.
 */
export function bytes(values: readonly Uint8Array[]): Bytes {
  const packed = Buffer.concat(values);
  const starts: number[] = [];
  for (let n = 0, start = 1; n < values.length; start += values[n]?.length ?? 0, n += 1) starts.push(start);
  return {
    starts: sql`${literal(starts)}::int[]`,
    lengths: sql`${literal(values.map(({ length }) => length))}::int[]`,
    cut: (start, length) => sql`substr(${packed}::bytea, ${sql.ref(start)}, ${sql.ref(length)})`,
  };
}

export type Bytes = {
  readonly starts: RawBuilder<unknown>;
  readonly lengths: RawBuilder<unknown>;
  readonly cut: (start: string, length: string) => RawBuilder<unknown>;
};

function literal(values: readonly unknown[]): string {
  return `{${values.join(',')}}`;
}
