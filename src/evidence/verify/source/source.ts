/** One file of a bundle, wherever it comes from. Its content is read to the end before the next file is asked for. */
export type BundleFile = { readonly name: string; readonly content: AsyncIterable<Uint8Array> };

/** What is there and is not a file of a bundle: a link, a folder, a name that leads elsewhere. */
export type RefusedFile = { readonly name: string; readonly refused: string };

/** Where a bundle's files come from: a folder, an archive, a store. Read in one pass, in any order. */
export type BundleSource = { files(): AsyncIterable<BundleFile | RefusedFile> };
