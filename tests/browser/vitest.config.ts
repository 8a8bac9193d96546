import { defineConfig } from 'vitest/config'
import { PATIENT, PREPARE } from '../usual-config.ts'

/** The tests that need a browser: `npm run test:browser`. They are not part of `npm test`, because a fresh machine has no browser. */
export default defineConfig({
  test: { ...PATIENT, globalSetup: PREPARE, include: ['tests/browser/**/*.test.ts'] },
})
