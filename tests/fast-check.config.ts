/**
 * Fast-check with the seed ISTMO_PROPERTY_SEED. `vitest.config.ts` puts it in the place of fast-check if the variable is set, as `.ci/run`
 * does: a commit has the same random cases on each machine, and each commit has others. Without the variable each run has other cases.
 */
import { createRequire } from 'node:module'
import { propertySeed } from './property-seed.ts'

const original = createRequire(import.meta.url)('fast-check') as typeof import('fast-check')
const seed = propertySeed()
if (seed !== null) original.configureGlobal({ ...original.readConfigureGlobal(), seed })

// The named exports that a test imports as values. The types come from fast-check itself.
export const { Stream, Value } = original
export default original.default
