import {
  type ASTVisitor,
  type FieldNode,
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

/** `roots` are the fields at the top of what is measured. */
type Measure = { readonly roots: number; readonly depth: number; readonly aliases: number; readonly complexity: number };
/** Each fragment is measured once: spread in one another, they double with each step. */
type Fragments = Map<string, Measure>;

const nothing: Measure = { roots: 0, depth: 0, aliases: 0, complexity: 0 };

/**
 * Refuses an operation before it runs: nested too deeply, too many aliases (the way around a limit on one field), or too
 * costly, where a field costs one and a list costs what it holds, as often as it may hold it.
 */
export const limitRule: ValidationRule = (context: ValidationContext): ASTVisitor => {
  const fragments: Fragments = new Map();
  return {
    OperationDefinition: (operation) => {
      const measured = measure(operation.selectionSet, context, fragments);
      for (const kind of ['depth', 'aliases', 'complexity'] as const) {
        if (measured[kind] > limits[kind]) context.reportError(tooMuch(operation, kind, measured[kind], limits[kind]));
      }
      if (operation.operation === 'mutation' && measured.roots > limits.rootMutations) {
        context.reportError(tooMuch(operation, 'number of mutations', measured.roots, limits.rootMutations));
      }
    },
  };
};

function measure(set: SelectionSetNode, context: ValidationContext, fragments: Fragments): Measure {
  return set.selections.map((selection) => measureSelection(selection, context, fragments)).reduce(together, nothing);
}

function measureSelection(selection: SelectionNode, context: ValidationContext, fragments: Fragments): Measure {
  switch (selection.kind) {
    case Kind.FIELD:
      return measureField(selection, context, fragments);
    case Kind.INLINE_FRAGMENT:
      return measure(selection.selectionSet, context, fragments);
    case Kind.FRAGMENT_SPREAD:
      return measureFragment(selection.name.value, context, fragments);
  }
}

function measureField(field: FieldNode, context: ValidationContext, fragments: Fragments): Measure {
  const aliases = field.alias === undefined ? 0 : 1;
  if (field.name.value.startsWith('__')) return { ...nothing, roots: 1, aliases };
  const inner = field.selectionSet === undefined ? nothing : measure(field.selectionSet, context, fragments);
  return { roots: 1, depth: inner.depth + 1, aliases: inner.aliases + aliases, complexity: 1 + inner.complexity * sizeOf(field) };
}

function measureFragment(name: string, context: ValidationContext, fragments: Fragments): Measure {
  const known = fragments.get(name);
  if (known !== undefined) return known;
  fragments.set(name, nothing); // inside itself it is nothing: another rule reports the cycle
  const fragment = context.getFragment(name);
  const measured = fragment === null || fragment === undefined ? nothing : measure(fragment.selectionSet, context, fragments);
  fragments.set(name, measured);
  return measured;
}

/** How many of a page may be asked for at most: what a `first` given by variable is taken to be. */
const LARGEST_PAGE = 100;
/** What a list is taken to hold that is asked for without `first`. */
const usualSizes: ReadonlyMap<string, number> = new Map([
  ['incidents', 20],
  ['timeline', 50],
  ['orchestrations', 10],
  ['approvals', 5],
  ['evidenceReleases', 20],
  ['evidenceBundles', 20],
  ['requirements', 20],
  ['files', 30],
]);

/** Arguments that say how long a list is to be. */
const sizeArguments: readonly string[] = ['first', 'last'];

function sizeOf(field: FieldNode): number {
  const first = field.arguments?.find((argument) => sizeArguments.includes(argument.name.value))?.value;
  if (first === undefined) return usualSizes.get(field.name.value) ?? 1;
  return first.kind === Kind.INT ? Math.max(1, Number(first.value)) : LARGEST_PAGE;
}

function together(one: Measure, other: Measure): Measure {
  return {
    roots: one.roots + other.roots,
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    complexity: one.complexity + other.complexity,
  };
}

function tooMuch(operation: OperationDefinitionNode, what: string, is: number, limit: number): GraphQLError {
  return new GraphQLError(`the operation's ${what} is ${is}, at most ${limit} is allowed`, {
    nodes: operation,
    extensions: { code: 'operation_too_large', remedy: 'ask for less at once' },
  });
}
