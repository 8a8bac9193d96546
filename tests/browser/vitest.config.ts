import { defineConfig } from 'vitest/config'

/** The tests that need a browser: `npm run test:browser`. They are not part of `npm test`, because a fresh machine has no browser. */
export default defineConfig({
  test: { testTimeout: 60_000, hookTimeout: 600_000, include: ['tests/browser/**/*.test.ts'] },
})
