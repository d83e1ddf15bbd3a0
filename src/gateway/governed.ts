import { getDirective, MapperKind, mapSchema } from '@graphql-tools/utils';
import { defaultFieldResolver, type GraphQLFieldConfig, type GraphQLSchema } from 'graphql';
import type { Outcome } from '../govern/index.ts';
import type { GatewayContext } from './context.ts';
import { GatewayError } from './errors.ts';

type Field = GraphQLFieldConfig<unknown, GatewayContext, { input?: unknown; idempotencyKey?: string | null; [name: string]: unknown }>;

/**
 * Gives every field with `@governed(action:)` the one resolver that runs its action through the kernel. A mutation without
 * the directive has no way to do anything: the schema is refused.
 *
 * @throws GatewayError `gateway.ungoverned_mutation`, `gateway.unknown_action`
 */
export function governSchema(schema: GraphQLSchema, actions: readonly string[]): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.ROOT_FIELD]: (field: Field, name, typeName) => {
      const action = actionOf(schema, field);
      if (action !== undefined) return { ...field, resolve: governed(assertKnown(action, actions, `${typeName}.${name}`)) };
      if (typeName === schema.getMutationType()?.name) throw ungoverned(name);
      return { ...field, resolve: field.resolve ?? defaultFieldResolver };
    },
  });
}

/** The action that a root field names, if it is governed. */
export function actionOf(schema: GraphQLSchema, field: Parameters<typeof getDirective>[1]): string | undefined {
  const action: unknown = getDirective(schema, field, 'governed')?.[0]?.['action'];
  return typeof action === 'string' ? action : undefined;
}

function governed(action: string): Field['resolve'] & {} {
  return async (_source, { input, idempotencyKey, ...rest }, { parts, identity, decisions }): Promise<Outcome> => {
    const outcome = await parts.kernel.govern(action, {
      identity,
      args: { ...(input ?? rest) },
      idempotencyKey: idempotencyKey ?? undefined,
    });
    decisions.push(outcome.decision);
    return outcome;
  };
}

function assertKnown(action: string, actions: readonly string[], field: string): string {
  if (actions.includes(action)) return action;
  throw new GatewayError('gateway.unknown_action', `\`${field}\` names the action \`${action}\`, for which there is no command`, {
    remedy: 'add the command to its domain, or correct the name',
  });
}

function ungoverned(field: string): GatewayError {
  return new GatewayError('gateway.ungoverned_mutation', `the mutation \`${field}\` carries no @governed(action:)`, {
    remedy: 'name its action in schema.graphql; nothing changes state without a decision',
  });
}
