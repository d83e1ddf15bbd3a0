import { parseArgs } from 'node:util';

const sections = ['rates', 'growth', 'proofs', 'verify'] as const;
export type Section = (typeof sections)[number];

export type BenchOptions = {
  readonly sections: readonly Section[];
  /** The largest log that is filled. */
  readonly entries: number;
  /** How often contenders take turns. */
  readonly rounds: number;
  /** How long a turn is measured. */
  readonly seconds: number;
  /** Driving processes that share the callers. */
  readonly processes: number;
  readonly immudb: boolean;
};

/** `[rates] [growth] [proofs] [verify] [--entries n] [--rounds n] [--seconds s] [--processes n] [--no-immudb]`; all sections when none is named. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    allowNegative: true,
    options: {
      entries: { type: 'string', default: '10000000' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      processes: { type: 'string', default: '1' },
      immudb: { type: 'boolean', default: true },
    },
  });
  const named = sections.filter((section) => positionals.includes(section));
  if (named.length !== positionals.length) throw new Error(`\`${positionals.join(' ')}\`: the sections are ${sections.join(', ')}`);
  return {
    sections: named.length === 0 ? sections : named,
    entries: Number(values.entries),
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    processes: Number(values.processes),
    immudb: values.immudb,
  };
}
