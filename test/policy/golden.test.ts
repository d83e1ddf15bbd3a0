import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { PolicyEngine, readBundle, type Verdict } from '../../src/policy/index.ts';
import type { RawDecision } from '../../src/workbench/index.ts';
import { compiledDecider, decideWithOpa } from './differential.ts';
import { dist, goldenCases } from './golden-cases.ts';

const cases = goldenCases();
const bundle = readBundle(dist);
const { manifest } = bundle;
const engine = await PolicyEngine.load(bundle);
const verdicts = new Map(cases.map(({ name, input }) => [name, engine.decide(input).verdict]));

describe('the golden cases', () => {
  it('have names of their own', () => {
    expect(verdicts.size).toBe(cases.length);
  });

  it.each(cases.map((golden) => [golden.name, golden.expect] as const))('%s', (name, { explanation, unmet, ...expected }) => {
    const verdict = verdicts.get(name);
    expect({ ...verdict, rules: verdict?.rules.map(({ ruleId }) => ruleId) }).toMatchObject({ ...expected, rules: unmet });
    if (explanation !== undefined) expect(verdict?.explanation).toBe(explanation);
  });

  it('explain nothing by what is undefined or null', () => {
    const said = [...verdicts.values()].flatMap(({ explanation, rules }) => [explanation, ...rules.map((rule) => rule.explanation)]);
    expect(said.filter((text) => /undefined|null|\[object/.test(text))).toEqual([]);
  });
});

describe('OPA on the sources and the compiled policy', () => {
  let fromSources: RawDecision[][];
  beforeAll(async () => {
    fromSources = await decideWithOpa(cases.map(({ input }) => input));
  }, 600_000);

  it('say the same of every case, to the last field', async () => {
    const decide = await compiledDecider(bundle);
    const differing = cases.flatMap(({ name, input }, index) => {
      const pair = { compiled: decide(input), sources: fromSources[index] };
      return isDeepStrictEqual(pair.compiled, pair.sources) ? [] : [{ name, ...pair }];
    });
    expect(fromSources).toHaveLength(cases.length);
    expect(differing).toEqual([]);
  });

  it('lose nothing of it on the way through the engine', () => {
    const bare = ({ rules, ...verdict }: Verdict) => ({ ...verdict, rules: rules.map((rule) => expect.objectContaining(rule)) });
    expect(fromSources.map(([decision]) => decision)).toEqual([...verdicts.values()].map(bare));
  });
});

type Count = { fired: number; notFired: number; decided: number };

/** How often each rule spoke (a requirement not met, or the grant an answer names) and how often it determined the answer. */
function countRules(): Map<string, Count> {
  const all = [...verdicts.values()];
  return new Map(
    manifest.rules.map(({ id }) => {
      const decided = all.filter(({ ruleId }) => ruleId === id).length;
      const fired = all.filter(({ ruleId, rules }) => ruleId === id || rules.some((rule) => rule.ruleId === id)).length;
      return [id, { fired, notFired: all.length - fired, decided }];
    }),
  );
}

describe('in the golden cases', () => {
  const counts = countRules();
  const idsOf = (lacks: (count: Count) => boolean) => [...counts].filter(([, count]) => lacks(count)).map(([id]) => id);

  it('every rule fires', () => expect(idsOf(({ fired }) => fired === 0)).toEqual([]));
  it('every rule stays silent', () => expect(idsOf(({ notFired }) => notFired === 0)).toEqual([]));
  it('every rule determines an answer', () => expect(idsOf(({ decided }) => decided === 0)).toEqual([]));

  it.each(['ALLOW', 'DENY'])('every action has a case of %s', (result) => {
    const seen = new Set(cases.filter(({ expect }) => expect.result === result).map(({ input }) => input.action));
    expect(manifest.actions.filter((action) => !seen.has(action))).toEqual([]);
  });
});
