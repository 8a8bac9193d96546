import { defineConfig } from 'vitest/config'

/**
 * The tests of client libraries: `npm run test:clients`. They are not part of `npm test`, because a fresh machine has neither the libraries of
 * `package.json` in this folder nor Debian's packages.
 */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    include: ['tests/clients/**/*.test.ts'],
    globalSetup: ['tests/clients/world.ts'],
  },
})
