import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // As Node resolves it: by `module` Vite would load a second copy of graphql beside the one that its dependents load.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    include: [
      '{contract,service,composition,gateway,subgraphs,audit,oversight,cli,demo,tests,bench,tools}/**/*.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
