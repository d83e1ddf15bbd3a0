/** What reading a bundle can find wrong before anything in it is looked at. */
export type SourceCheck = 'archive.whole' | 'archive.name' | 'archive.type' | 'archive.size' | 'files.plain';

/** Something that is not as it must be. `final`: nothing after it can be read. */
export type Refusal = { readonly check: SourceCheck; readonly reason: string; readonly final: boolean };

export type SourceFile = {
  readonly name: string;
  /** In bytes, as its place tells; what comes is counted all the same. */
  readonly size: number;
  /** The header of an archive: the folder before the name, and the time in seconds. */
  readonly packed?: { readonly folder: string; readonly seconds: number };
  /** Its bytes, once, and before the next file is asked for. A piece holds until the next one is asked for: copy what is kept. */
  chunks(): AsyncIterable<Buffer>;
};

export type Reading = {
  refuse(refusal: Refusal): void;
  /** How many bytes of `size` were read, now and then. */
  advance(bytes: number): void;
};

/** A place that holds the files of one bundle. */
export type BundleSource = {
  /** For people: a path. */
  readonly place: string;
  /** What reading it checks. */
  readonly checks: readonly SourceCheck[];
  /** How many bytes a whole reading takes, about. @throws EvidenceVerifyError when it is not there */
  size(): Promise<number>;
  /** Every file once, by name. Called more than once: each call reads from the start. */
  files(reading: Reading): AsyncIterable<SourceFile>;
};
