import type { PolicyRule } from '../../policy/index.ts';
import { ToolError } from '../errors.ts';
import { chosen } from './analyse.ts';
import { type Answer, answerOf, compose, type View } from './compose.ts';
import { axisNumber } from './constraints.ts';
import { digitsOf } from './digits.ts';
import { judge, type Policy } from './policy.ts';
import { compareSample } from './sample.ts';
import { rulesFor, type Space, spaceOf } from './space.ts';
import { readSpace, type SpaceFile } from './space-file.ts';
import { remoteness, type State } from './states.ts';
import { viewsOf } from './views.ts';
import { circumstances, type Example, exampleOf } from './words.ts';

/** Inputs of one action that two policies answer differently, in the same way. */
export type DiffGroup = {
  readonly action: string;
  readonly before: Answer;
  readonly after: Answer;
  readonly inputs: bigint;
  /** The same inputs by who acts; `roles` as `responder and sre`, or `none`. */
  readonly roles: readonly { readonly roles: string; readonly inputs: bigint }[];
  readonly words: string;
  readonly example: Example;
};

export type DiffedAction = { readonly action: string; readonly inputs: bigint; readonly changed: bigint };

/** What a change of policy decides differently, over every input of the space. */
export type PolicyDiff = { readonly actions: readonly DiffedAction[]; readonly groups: readonly DiffGroup[] };

export type DiffOptions = {
  /** Only these actions; all that either policy knows without it. */
  readonly actions?: readonly string[];
  /** Whole random inputs of each action, for each policy, on which composition is compared with the engine. */
  readonly sample?: number;
  readonly seed?: number;
  readonly onAction?: (action: DiffedAction) => void;
};

/**
 * Compares two policies on every input that `folder`/space.yaml declares.
 *
 * @throws ToolError `analysis.*`
 */
export function diffPolicies(before: Policy, after: Policy, folder: string, options: DiffOptions = {}): PolicyDiff {
  const { sample = 800, seed = 20_260_921, onAction = () => undefined } = options;
  const file = readSpace(folder);
  const policies = [before, after] as const;
  const names = chosen([...new Set(policies.flatMap(({ engine }) => engine.manifest.actions))], options.actions);
  const actions: DiffedAction[] = [];
  const groups: DiffGroup[] = [];
  for (const action of names) {
    const space = sharedSpace(policies, file, action);
    const views = viewsOf(policies, space, axisNumber(space, roles));
    for (const policy of policies) {
      const standings = views.flatMap(({ start, sides }) =>
        sides.filter((side) => side.policy === policy).map((tables) => ({ start, tables })),
      );
      compareSample(space, standings, sample, seed);
    }
    const { inputs, found } = compared(views, space);
    const diffed = { action, inputs, changed: found.reduce((total, group) => total + group.inputs, 0n) };
    onAction(diffed);
    actions.push(diffed);
    groups.push(...found);
  }
  return { actions, groups: groups.map((group) => verified(group, policies)) };
}

const roles = 'actor.roles';

/** What either policy can read: an input that one of them cannot tell from another may be two to the other. */
function sharedSpace(policies: readonly Policy[], file: SpaceFile, action: string): Space {
  const manifests = policies.map(({ engine }) => engine.manifest);
  const rules = manifests.flatMap((manifest): PolicyRule[] => rulesFor(action, manifest.rules));
  const mentioned = file.attributes[roles] === undefined ? [] : [roles];
  return spaceOf({ file, action, rules, gates: manifests.flatMap(({ gates }) => gates), mentioned });
}

type Changed = { readonly before: Answer; readonly after: Answer; readonly state: State };

function compared(views: readonly View[], space: Space): { inputs: bigint; found: DiffGroup[] } {
  const all = views.flatMap((view) => compose(view).map((state) => ({ ...answers(view, state), state })));
  const changed = all.filter(({ before, after }) => before.result !== after.result || before.ruleId !== after.ruleId);
  const groups = Map.groupBy(changed, ({ before, after }) => `${before.result} ${before.ruleId} ${after.result} ${after.ruleId}`);
  return { inputs: sum(all), found: [...groups.values()].flatMap((members) => groupOf(members, space)) };
}

function answers({ sides }: View, { parts }: State): { before: Answer; after: Answer } {
  const [before, after] = sides.flatMap((tables, side) => {
    const part = parts[side];
    return part === undefined ? [] : [answerOf(tables, part)];
  });
  if (before === undefined || after === undefined) throw new ToolError('analysis.unsound', 'a comparison needs two policies');
  return { before, after };
}

function groupOf(members: readonly Changed[], space: Space): DiffGroup[] {
  const [nearest] = members.toSorted((one, other) => remoteness(one.state.changes) - remoteness(other.state.changes));
  if (nearest === undefined) return [];
  const { before, after } = nearest;
  const example = exampleOf(space, digitsOf(space, nearest.state));
  const axis = space.axes[axisNumber(space, roles)];
  const byRoles = [...Map.groupBy(members, ({ state }) => state.mark)].map(([digit, same]) => ({
    digit,
    roles: axis?.choices[digit]?.words ?? 'any',
    inputs: sum(same),
  }));
  const told = `\`${space.action}\` was ${before.result} by \`${before.ruleId}\` and becomes ${after.result} by \`${after.ruleId}\``;
  return [
    {
      action: space.action,
      before,
      after,
      inputs: sum(members),
      roles: byRoles.toSorted((one, other) => one.digit - other.digit).map(({ roles: who, inputs }) => ({ roles: who, inputs })),
      words: `${told} ${circumstances(space, example.changes)}`,
      example,
    },
  ];
}

function sum(members: readonly Pick<Changed, 'state'>[]): bigint {
  return members.reduce((total, { state }) => total + state.count, 0n);
}

/** Both engines have the last word on each example. */
function verified(group: DiffGroup, [before, after]: readonly [Policy, Policy]): DiffGroup {
  for (const [policy, expected] of [[before, group.before] as const, [after, group.after] as const]) {
    const { result, ruleId } = judge(policy, group.example.input);
    if (result === expected.result && expected.ruleId.split('|').includes(ruleId)) continue;
    throw new ToolError('analysis.unsound', `${policy.label} answers ${result} by \`${ruleId}\` to the example of: ${group.words}`, {
      remedy: 'this is a fault of the analysis, not of the policy',
    });
  }
  return group;
}
