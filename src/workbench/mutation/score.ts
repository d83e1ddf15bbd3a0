import { ToolError } from '../errors.ts';
import type { Equivalent } from './equivalents.ts';
import type { Fate } from './judge.ts';
import type { Mutant } from './mutants.ts';

/** A mutant as it is told; without the text of its file. */
export type Described = Omit<Mutant, 'text'>;

/** What a run found. `score` is in percent: killed of all that compile and are not argued to be equivalent; 100 when there is none. */
export type MutationReport = {
  readonly score: number;
  readonly killed: number;
  readonly invalid: number;
  readonly survivors: readonly Described[];
  readonly equivalents: readonly (Described & { readonly why: string })[];
};

/** @throws ToolError `mutation.not_equivalent` naming the argued mutants that a test killed: they differ after all */
export function reportOf(fates: ReadonlyMap<Mutant, Fate>, equivalents: ReadonlyMap<Mutant, Equivalent>): MutationReport {
  const wrong = [...equivalents.keys()].filter((mutant) => fates.get(mutant) !== 'survived');
  if (wrong.length > 0) {
    const lines = wrong.map((mutant) => `  ${mutant.file}:${mutant.line}: ${mutant.mutation} (${fates.get(mutant)})`);
    throw new ToolError('mutation.not_equivalent', ['argued to be equivalent, but it does not survive:', ...lines].join('\n'), {
      remedy: 'remove the entry from mutation/equivalent.yaml',
    });
  }
  const of = (fate: Fate) => [...fates.keys()].filter((mutant) => fates.get(mutant) === fate);
  const killed = of('killed').length;
  const survivors = of('survived').filter((mutant) => !equivalents.has(mutant));
  const counted = killed + survivors.length;
  return {
    score: counted === 0 ? 100 : (100 * killed) / counted,
    killed,
    invalid: of('invalid').length,
    survivors: survivors.map(described),
    equivalents: [...equivalents].map(([mutant, { why }]) => ({ ...described(mutant), why })),
  };
}

function described({ text: _, ...mutant }: Mutant): Described {
  return mutant;
}
