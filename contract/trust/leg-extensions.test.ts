import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readByForm, readLegExtensions } from './leg-extensions.ts'

const text = fc.constantFrom<unknown>('a', 'a', 'b', '', 1, null, undefined)
const carried = fc.oneof(
  fc.record(
    {
      question: text,
      document: text,
      given: fc.oneof(
        fc.array(text, { maxLength: 2 }),
        fc.constantFrom<unknown>(Array(256).fill('a'), Array(257).fill('a'), 'a', {}),
      ),
      mandateProof: fc.anything(),
      other: text,
    },
    { requiredKeys: [] },
  ),
  fc.constantFrom<unknown>({}, [], null, 'a', undefined),
)
const extensions = fc.oneof(
  fc.record({ istmo: carried, other: text }, { requiredKeys: [] }),
  fc.constantFrom<unknown>({}, [], null, undefined, 'a', { istmo: { __proto__: null } }),
)

it('Istmo’s extensions of a leg are read as their schema reads them', () => {
  fc.assert(
    fc.property(extensions, (given) => {
      // A body is JSON.
      const json = given === undefined ? undefined : JSON.parse(JSON.stringify(given) ?? 'null')
      expect(readLegExtensions(json)).toEqual(readByForm(json))
    }),
    { numRuns: 500 },
  )
})
