/** Fast-check with the seed of this run. `vitest.config.ts` puts it in the place of fast-check, so the same code has the same random cases. */
import { createRequire } from 'node:module'
import { propertySeed } from './property-seed.ts'

const original = createRequire(import.meta.url)('fast-check') as typeof import('fast-check')
original.configureGlobal({ ...original.readConfigureGlobal(), seed: propertySeed() })

// The named exports that a test imports as values. The types come from fast-check itself.
export const { Stream, Value } = original
export default original.default
