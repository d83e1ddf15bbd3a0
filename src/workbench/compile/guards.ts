import { z } from 'zod';
import { isJsonObject } from '../../core/index.ts';
import type { Module } from './modules.ts';

const equals = z.tuple([
  z.looseObject({ type: z.literal('ref'), value: z.tuple([z.looseObject({ value: z.literal('equal') })]) }),
  z.looseObject({
    type: z.literal('ref'),
    value: z.tuple([z.looseObject({ type: z.literal('var'), value: z.literal('input') }), z.looseObject({ value: z.literal('action') })]),
  }),
  z.looseObject({ type: z.literal('string'), value: z.string() }),
]);

/**
 * The actions on which a package can find something unmet: those that its bodies of `unmet` compare `input.action` with;
 * undefined when one of them asks for no action by name, so that any may do.
 */
export function actionsOf(modules: readonly Module[]): readonly string[] | undefined {
  const bodies = modules.flatMap(({ rules }) => rules.filter(isUnmet).map(({ body }) => named(body)));
  const actions = bodies.flatMap((action) => action ?? []);
  return bodies.length > 0 && actions.length === bodies.length ? [...new Set(actions)].sort() : undefined;
}

function isUnmet({ head }: Module['rules'][number]): boolean {
  return (head.name ?? head.ref?.[0]?.value) === 'unmet';
}

/** The action of a condition `input.action == "…"` of a body, neither negated nor under a `with`. */
function named(body: unknown): string | undefined {
  if (!Array.isArray(body)) return undefined;
  for (const expression of body) {
    if (!isJsonObject(expression) || expression['negated'] === true || expression['with'] !== undefined) continue;
    const parsed = equals.safeParse(expression['terms']);
    if (parsed.success) return parsed.data[2].value;
  }
  return undefined;
}
