import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // What Node resolves by itself. Vite adds `development`, under which graphql is another copy than the one that its users import.
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    include: ['test/**/*.test.ts'],
    globals: false,
    // One PostgreSQL for the run; a suite that needs a database clones the migrated template (test/support/postgres.ts).
    globalSetup: ['test/support/tools-setup.ts', 'test/support/global-setup.ts'],
    // Suites start real databases and processes: one process a file, and no more at once than the smallest machine has cores.
    pool: 'forks',
    maxWorkers: 2,
    // What Node compiles is kept, also for the programs that tests start: half of a start of theirs was to compile the same again.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/node', import.meta.url)) },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
