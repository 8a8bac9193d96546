import { defineConfig } from 'vitest/config'

/**
 * The tests that need Python with its package `cryptography`: `npm run test:independent`. They are not part of `npm test`, because a machine
 * that only has Node has neither.
 */
export default defineConfig({
  test: { testTimeout: 60_000, hookTimeout: 240_000, include: ['tests/independent/**/*.test.ts'] },
})
