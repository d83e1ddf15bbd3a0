/**
 * The layers of src/, top to bottom (docs: the design's "house"). A row imports rows below it, never above; types count as imports.
 * Within a row, one domain may use another through its index.ts as long as no cycle comes of it.
 */
const rows = [
  ['main', 'cli'],
  ['start'],
  ['gateway'],
  ['evidence', 'catalog', 'audit', 'privacy', 'workbench'],
  ['incidents'],
  ['slo', 'regions', 'bluegreen'],
  ['flags', 'bundles'],
  ['govern'],
  ['policy', 'ledger', 'notify', 'witness'],
  ['vault'],
  ['auth', 'storage', 'jobs', 'telemetry'],
  ['config'],
  ['core'],
];

const inAnyOf = (domains) => `^src/(${domains.join('|')})(/|\\.ts$)`;

const upward = rows.slice(1).map((row, index) => ({
  name: `layers-${row.join('-')}`,
  comment: `${row.join(', ')} may import only what stands below in .dependency-cruiser.mjs`,
  severity: 'error',
  from: { path: inAnyOf(row) },
  to: { path: inAnyOf(rows.slice(0, index + 1).flat()) },
}));

export default {
  forbidden: [
    ...upward,
    {
      name: 'unknown-domain',
      comment: 'every folder and file directly under src/ has its row in .dependency-cruiser.mjs',
      severity: 'error',
      from: { path: '^src/', pathNot: inAnyOf(rows.flat()) },
      to: {},
    },
    {
      name: 'only-through-the-door',
      comment: 'a domain is imported only through its index.ts; what verifies has a door of its own, so that it can be taken alone',
      severity: 'error',
      from: { path: '^src/([^/]+)(/|\\.ts$)' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/(ledger|evidence)/verify/index\\.ts$'] },
    },
    {
      name: 'verifier-stands-alone',
      comment: 'src/ledger/verify shares no code with the writer: itself, src/core, packages and node only',
      severity: 'error',
      from: { path: '^src/ledger/verify/' },
      to: { path: '^src/', pathNot: ['^src/ledger/verify/', '^src/core/index\\.ts$'] },
    },
    {
      name: 'evidence-verifier-stands-alone',
      comment:
        'src/evidence/verify shares no code with what builds and signs: itself, src/core, the ledger verifier, packages and node only',
      severity: 'error',
      from: { path: '^src/evidence/verify/' },
      to: { path: '^src/', pathNot: ['^src/evidence/verify/', '^src/core/index\\.ts$', '^src/ledger/verify/index\\.ts$'] },
    },
    {
      name: 'witness-stands-alone',
      comment: 'src/witness watches the ledger and shares no code with it: itself, src/core, the ledger verifier, packages and node only',
      severity: 'error',
      from: { path: '^src/witness/' },
      to: { path: '^src/', pathNot: ['^src/witness/', '^src/core/index\\.ts$', '^src/ledger/verify/index\\.ts$'] },
    },
    {
      name: 'source-stands-alone',
      comment: 'what runs in production imports neither tools nor tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tools|test|bench|chaos|demo|ci|bin|portal)/' },
    },
    {
      name: 'no-cycles',
      comment: 'a cycle has no bottom: move what both need below both',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-domain-cycles',
      comment: 'two domains that import each other are one domain, even when no file does',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/[^/]+$' },
      to: { path: '^src/[^/]+$', circular: true },
    },
    {
      name: 'unresolvable',
      comment: 'an import that leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-packages',
      comment: 'src/ uses only packages that are installed with it',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.d\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API for dependency-cruiser to use; swc sees imports of types as well.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'node', 'import', 'require', 'default'] },
  },
};
