/**
 * Fast-check with the seed ISTMO_PROPERTY_SEED and with the part of the random cases that ISTMO_CI_SHARE says. `vitest.config.ts` puts it in
 * the place of fast-check if the seed is set, as `.ci/run` does: a commit has the same random cases on each machine, and each commit has
 * others. Without the variable each run has other cases.
 */
import { createRequire } from 'node:module'
import { propertySeed } from './property-seed.ts'
import { randomCases } from './share.ts'

const original = createRequire(import.meta.url)('fast-check') as typeof import('fast-check')
/** How many cases a property has that does not say how many. */
const DEFAULT_CASES = 100

const seed = propertySeed()
if (seed !== null) original.configureGlobal({ ...original.readConfigureGlobal(), seed })

/** Fewer random cases than the property asks for, if this run does a part. Its examples always run. */
const assert: typeof original.assert = (property, parameters) => {
  const { examples = [], numRuns = DEFAULT_CASES } = parameters ?? {}
  return original.assert(property, { ...parameters, numRuns: Math.max(examples.length, randomCases(numRuns)) })
}

// The named exports that a test imports as values. The types come from fast-check itself.
export const { Stream, Value } = original
export default { ...original.default, assert }
