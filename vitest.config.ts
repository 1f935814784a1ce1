import { defineConfig } from 'vitest/config'

// Sources, not builds: what a test runs is what the editor shows.
const resolve = { conditions: ['millrace-source', 'node'] }
const ssr = { resolve: { conditions: ['millrace-source', 'node'] } }

export default defineConfig({
  test: {
    reporters: process.env.CI ? ['default', 'json'] : ['default'],
    outputFile: { json: process.env.VITEST_JSON ?? '.millrace/test-report.json' },
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'packages/*/test/{docs,conformance}/*.test.ts',
            'packages/*/docs/snippets/*.test.ts',
            'examples/*/{src,test}/**/*.test.ts',
          ],
          testTimeout: 30_000,
          // Files share their worker's modules: loading these for each file was two thirds of all CPU time. What a module
          // keeps is bound to what a test makes (folders, servers, topologies), and who replaces a global puts it back.
          isolate: false,
          exclude: ['**/test/integration/**', '**/node_modules/**'],
        },
      },
      {
        // builds and installs the package: slow, so it is part of `npm test` and not of `npm run check`
        test: { name: 'pack', include: ['packages/*/test/pack/*.test.ts'], testTimeout: 120_000, hookTimeout: 180_000 },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/src/**/*.test-d.ts', 'examples/*/src/**/*.test-d.ts'],
            tsconfig: './tsconfig.json',
          },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'integration',
          include: ['packages/*/test/integration/**/*.test.ts', 'examples/*/test/integration/**/*.test.ts'],
          globalSetup: ['packages/local-services/src/vitest-servers.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
