/** What the configurations of vitest have in common. Loading it sets three variables, which the processes that the tests start inherit. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PREPARED_DATABASES } from './prepared-database.ts'
import { propertySeed } from './property-seed.ts'

// Vitest's workers, and the hundreds of processes that the tests start, would compile the same modules again. A worker reads this when it starts.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'istmo-compiled')
// Each of the hundreds of databases would be made from nothing.
process.env.ISTMO_PREPARED_PGLITE = PREPARED_DATABASES
// Each worker would read the code to make the seed again.
process.env.ISTMO_PROPERTY_SEED = String(propertySeed())

/** Gives tests a fast-check whose random cases are those of one seed (docs/decisions/0068). */
export const SEEDED = {
  find: /^fast-check$/,
  replacement: fileURLToPath(import.meta.resolve('./fast-check.config.ts')),
}

/** Makes the prepared database before the first test. */
export const PREPARE = 'tests/prepared-database.ts'

/** How long tests wait, in milliseconds. Only what fails takes so long: a busy machine makes a story of seconds take a minute. */
export const PATIENT = {
  testTimeout: 180_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 50_000 } },
  setupFiles: ['tests/patience.ts'],
}

/**
 * How V8 compiles the embedded PostgreSQL in a worker of vitest: once, quickly. A better compilation takes seconds of a core and 0.6 GB of memory, and each
 * program that a large process starts takes longer (docs/decisions/0161).
 */
export const QUICK_WASM = ['--liftoff-only']
