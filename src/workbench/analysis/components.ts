import { ToolError } from '../errors.ts';
import { largest } from './enumerate.ts';
import { type Digits, type Space, sizeOf } from './space.ts';
import type { Table } from './table.ts';

/** A condition on some axes. */
export type Constraint = { readonly axes: readonly number[]; readonly accepts: (digits: Digits) => boolean };

/** A table and the rule that it is of. */
export type Named = { readonly rule: string; readonly table: Table };

/** Axes that must be looked at together, because some rule or condition depends on several of them. */
export type Component = { readonly axes: readonly number[]; readonly constraints: readonly Constraint[] };

/**
 * Splits axes so that no table and no condition reaches over two parts.
 *
 * @throws ToolError `analysis.too_large`, naming the rules that hold a part together
 */
export function componentsOf(
  space: Space,
  axes: readonly number[],
  tables: readonly Named[],
  constraints: readonly Constraint[],
): Component[] {
  const root = new Map(axes.map((axis) => [axis, axis]));
  const find = (axis: number): number => {
    const above = root.get(axis) ?? axis;
    return above === axis ? axis : find(above);
  };
  for (const { axes: together } of [...tables.map(({ table }) => table), ...constraints]) {
    const [first, ...others] = together.filter((axis) => root.has(axis));
    if (first !== undefined) for (const other of others) root.set(find(other), find(first));
  }
  return [...Map.groupBy(axes, find).values()].map((members) => {
    assertSmall(space, members, tables);
    return { axes: members, constraints: constraints.filter((each) => each.axes.some((axis) => members.includes(axis))) };
  });
}

function assertSmall(space: Space, members: readonly number[], tables: readonly Named[]): void {
  const size = sizeOf(space, members);
  if (size <= largest) return;
  const rules = tables.filter(({ table }) => table.axes.length > 1 && table.axes.some((axis) => members.includes(axis)));
  const names = [...new Set(rules.map(({ rule }) => `\`${rule}\``))].join(', ');
  const paths = members.map((number) => `${space.axes[number]?.path} (${space.axes[number]?.choices.length})`).join(', ');
  throw new ToolError(
    'analysis.too_large',
    `\`${space.action}\` has ${size} combinations in one component: ${paths}; held together by ${names}`,
    {
      remedy: `split one of these rules, or declare fewer values; ${largest} is the most`,
    },
  );
}
