import { defineConfig } from 'vitest/config'
import { PATIENT, PREPARE } from '../usual-config.ts'

/**
 * The tests of client libraries: `npm run test:clients`. They are not part of `npm test`, because a fresh machine has neither the libraries of
 * `package.json` in this folder nor Debian's packages.
 */
export default defineConfig({
  test: {
    ...PATIENT,
    maxWorkers: 2,
    include: ['tests/clients/**/*.test.ts'],
    globalSetup: [PREPARE, 'tests/clients/world.ts'],
  },
})
