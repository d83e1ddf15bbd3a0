import { answerOf, compose, type View } from './compose.ts';
import { digitsOf } from './digits.ts';
import type { Tables } from './enumerate.ts';
import { judge } from './policy.ts';
import { combinations, inputOf } from './space.ts';
import { tableOf } from './table.ts';

/**
 * Names the grant that counts, where an action has several. Only an input that is allowed tells: for each combination of what
 * the grants depend on, the engine is asked one. Where no input is allowed, the name makes no difference.
 */
export function withNamedGrants(tables: Tables, view: Omit<View, 'sides'>): Tables {
  const { grant, grantIds, policy } = tables;
  if (grantIds.length <= 3) return tables;
  const { space, start } = view;
  const codes = [...combinations(space, grant.axes, start)].map(() => 0);
  let index = 0;
  for (const digits of combinations(space, grant.axes, start)) {
    const standing = grant.axes.map((axis) => digits[axis]);
    const here = { axes: grant.axes, accepts: (other: readonly number[]) => grant.axes.every((axis, at) => other[axis] === standing[at]) };
    const code = grant.codes[index] ?? 0;
    const allowed = code === 0 ? undefined : compose({ ...view, sides: [tables] }, [here]).find(({ parts }) => isAllowed(tables, parts[0]));
    const named = allowed && grantIds.indexOf(judge(policy, inputOf(space, digitsOf(space, allowed))).ruleId);
    codes[index] = named === undefined || named === -1 ? code : named;
    index += 1;
  }
  return { ...tables, grant: tableOf(grant.axes, Uint8Array.from(codes)) };
}

function isAllowed(tables: Tables, part: Parameters<typeof answerOf>[1] | undefined): boolean {
  return part !== undefined && answerOf(tables, part).result === 'ALLOW';
}
