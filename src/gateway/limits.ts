import {
  type ASTVisitor,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** How much one operation may ask for. Introspection is measured apart by graphql-js itself. */
export const limits = { depth: 10, aliases: 20, complexity: 2_000, tokens: 4_000, rootMutations: 5 } as const;

type Measure = { readonly depth: number; readonly aliases: number; readonly complexity: number };

const nothing: Measure = { depth: 0, aliases: 0, complexity: 0 };

/**
 * Refuses an operation before it runs: nested too deeply, too many aliases (the way around a limit on one field), or too
 * costly, where a field costs one and a page costs what it holds, `first` times.
 */
export const limitRule: ValidationRule = (context: ValidationContext): ASTVisitor => ({
  OperationDefinition: (operation) => {
    const measured = measure(operation.selectionSet, context, new Set());
    for (const kind of ['depth', 'aliases', 'complexity'] as const) {
      if (measured[kind] > limits[kind]) context.reportError(tooMuch(operation, kind, measured[kind], limits[kind]));
    }
    if (operation.operation === 'mutation' && operation.selectionSet.selections.length > limits.rootMutations) {
      context.reportError(tooMuch(operation, 'number of mutations', operation.selectionSet.selections.length, limits.rootMutations));
    }
  },
});

/** `visited` breaks cycles of fragments, which another rule reports. */
function measure(set: SelectionSetNode, context: ValidationContext, visited: ReadonlySet<string>): Measure {
  return set.selections.map((selection) => measureSelection(selection, context, visited)).reduce(together, nothing);
}

function measureSelection(selection: SelectionNode, context: ValidationContext, visited: ReadonlySet<string>): Measure {
  switch (selection.kind) {
    case Kind.FIELD:
      return measureField(selection, context, visited);
    case Kind.INLINE_FRAGMENT:
      return measure(selection.selectionSet, context, visited);
    case Kind.FRAGMENT_SPREAD:
      return measureFragment(selection.name.value, context.getFragment(selection.name.value), context, visited);
  }
}

function measureField(field: FieldNode, context: ValidationContext, visited: ReadonlySet<string>): Measure {
  if (field.name.value.startsWith('__')) return nothing;
  const inner = field.selectionSet === undefined ? nothing : measure(field.selectionSet, context, visited);
  return {
    depth: inner.depth + 1,
    aliases: inner.aliases + (field.alias === undefined ? 0 : 1),
    complexity: 1 + inner.complexity * multiplierOf(field),
  };
}

function measureFragment(
  name: string,
  fragment: FragmentDefinitionNode | null | undefined,
  context: ValidationContext,
  visited: ReadonlySet<string>,
): Measure {
  if (fragment === null || fragment === undefined || visited.has(name)) return nothing;
  return measure(fragment.selectionSet, context, new Set([...visited, name]));
}

/** How many of a page may be asked for at most: what a `first` given by variable is taken to be. */
const LARGEST_PAGE = 100;

function multiplierOf(field: FieldNode): number {
  const first = field.arguments?.find((argument) => argument.name.value === 'first')?.value;
  if (first === undefined) return 1;
  return first.kind === Kind.INT ? Math.max(1, Number(first.value)) : LARGEST_PAGE;
}

function together(one: Measure, other: Measure): Measure {
  return { depth: Math.max(one.depth, other.depth), aliases: one.aliases + other.aliases, complexity: one.complexity + other.complexity };
}

function tooMuch(operation: OperationDefinitionNode, what: string, is: number, limit: number): GraphQLError {
  return new GraphQLError(`the operation's ${what} is ${is}, at most ${limit} is allowed; ask for less at once`, {
    nodes: operation,
    extensions: { code: 'operation_too_large' },
  });
}
