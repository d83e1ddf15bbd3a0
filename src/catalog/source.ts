/** A bundle's files where they are stored, by name. */
export type StoredSource = readonly { readonly name: string; readonly size: number; readonly open: () => AsyncIterable<Uint8Array> }[];
