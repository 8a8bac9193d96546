import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

// The projects list their own tests, which would run instead of the room’s tests.
const { projects: _, ...test } = base.test ?? {}

/** The project's configuration with the tests of one room, which `npm run mutate` passes in ISTMO_MUTATE_TESTS as a JSON list. */
export default defineConfig({
  ...base,
  test: { ...test, include: JSON.parse(process.env.ISTMO_MUTATE_TESTS ?? '[]') },
})
