import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { PATIENT, PREPARE, QUICK_WASM, SEEDED } from '../usual-config.ts'

/**
 * The tests that need Python with its package `cryptography`: `npm run test:independent`. They are not part of `npm test`, because a machine
 * that only has Node has neither.
 */
export default defineConfig({
  // As in vitest.config.ts at the root: one copy of graphql.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }, SEEDED] },
  test: {
    ...PATIENT,
    execArgv: QUICK_WASM,
    globalSetup: PREPARE,
    include: ['tests/independent/**/*.test.ts'],
    isolate: false,
  },
})
