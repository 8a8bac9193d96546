import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

// The projects have tests of their own, and would run in place of those that are named here.
const { projects: _, ...test } = base.test ?? {}

/** The project's configuration with the tests of one room, which `npm run mutate` names in ISTMO_MUTATE_TESTS as a JSON list. */
export default defineConfig({
  ...base,
  test: { ...test, include: JSON.parse(process.env.ISTMO_MUTATE_TESTS ?? '[]') },
})
