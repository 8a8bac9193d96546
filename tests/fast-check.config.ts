/** Fast-check with the seed of this run. `vitest.config.ts` puts it in the place of fast-check, so the same code has the same random cases. */
import { createRequire } from 'node:module'
import { propertySeed } from './property-seed.ts'

const original = createRequire(import.meta.url)('fast-check') as typeof import('fast-check')
original.configureGlobal({ ...original.readConfigureGlobal(), seed: propertySeed() })

/**
 * Any code point but halves of pairs, as fast-check's unit `binary`. Its own makes a table of all 1.1 million of them in each process that asks for a text:
 * two seconds of a core.
 */
const codePoint = original
  .nat(0x10ffff - 0x800)
  .map((at) => String.fromCodePoint(at < 0xd800 ? at : at + 0x800), toIndex)

function toIndex(value: unknown): number {
  const code = typeof value === 'string' ? (value.codePointAt(0) ?? 0) : -1
  if (code < 0 || (code >= 0xd800 && code < 0xe000) || value !== String.fromCodePoint(code)) {
    throw new TypeError('expected one code point')
  }
  return code < 0xd800 ? code : code - 0x800
}

const string: typeof original.string = (constraints) =>
  original.string(constraints?.unit === 'binary' ? { ...constraints, unit: codePoint } : constraints)

// The named exports that a test imports as values. The types come from fast-check itself.
export const { Stream, Value } = original
export default { ...original.default, string }
