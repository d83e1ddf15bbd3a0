import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const tests = ['test/**/*.test.ts'];
/** What changes the process it runs in (its umask, the tracing of all), or breaks things under it on purpose: a process for each file. */
const alone = [
  'test/{chaos,evidence,packaging}/**/*.test.ts',
  'test/e2e/crash.test.ts',
  'test/gateway/telemetry.test.ts',
  'test/ledger/faults/*.test.ts',
  'test/storage/embedded*.test.ts',
];

/** A group of the files, with what both groups have in common. */
function project(name: string, options: { include: string[]; exclude?: string[]; isolate: boolean }): TestProjectInlineConfiguration {
  return {
    // What Node resolves by itself. Vite adds `development`, under which graphql is another copy than the one that its users import.
    ssr: { resolve: { conditions: ['node', 'module-sync'] } },
    test: {
      name,
      ...options,
      globals: false,
      // Suites start real databases and processes: no more at once than the smallest machine has cores.
      pool: 'forks',
      maxWorkers: 2,
      // What Node compiles is kept, also for the programs that tests start: half of a start of theirs was to compile the same again.
      env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/node', import.meta.url)) },
      restoreMocks: true,
      unstubEnvs: true,
      testTimeout: 30_000,
      hookTimeout: 60_000,
    },
  };
}

export default defineConfig({
  test: {
    // One PostgreSQL for the run; a suite that needs a database clones the migrated template (test/support/postgres.ts).
    globalSetup: ['test/support/tools-setup.ts', 'test/support/global-setup.ts'],
    maxWorkers: 2,
    projects: [
      project('alone', { include: alone, isolate: true }),
      // Most of a second of every file was to load what the file before had loaded.
      project('together', { include: tests, exclude: alone, isolate: false }),
    ],
  },
});
