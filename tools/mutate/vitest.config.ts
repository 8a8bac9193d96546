import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

/** The project's configuration with the tests of one room, which `npm run mutate` names in ISTMO_MUTATE_TESTS as a JSON list. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: JSON.parse(process.env.ISTMO_MUTATE_TESTS ?? '[]') },
})
