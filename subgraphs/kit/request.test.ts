import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readGraphQLRequest, readRequestByForm } from './request.ts'

const variables = fc.oneof(
  fc.dictionary(fc.constantFrom('id', 'a', '__proto__', 'constructor'), fc.jsonValue({ maxDepth: 1 })),
  fc.constantFrom<unknown>(null, [], 'a', 1),
)
const text = fc.constantFrom<unknown>('query { a }', '', null, 1, {})
const body = fc.oneof(
  fc.record(
    { query: text, variables, operationName: text, extensions: fc.jsonValue(), other: text },
    { requiredKeys: [] },
  ),
  fc.jsonValue({ maxDepth: 1 }),
)

it('the body of a leg is read as its schema reads it', () => {
  let right = 0
  fc.assert(
    fc.property(body, (made) => {
      const json: unknown = JSON.parse(JSON.stringify(made))
      const read = readGraphQLRequest(json)
      const { query, variables, operationName, extensions } = readRequestByForm(json) ?? {}
      expect(read === null).toBe(query === undefined)
      if (read === null) return
      right++
      expect(read).toEqual({ query, variables, operationName, extensions })
      expect(Object.keys(read.variables ?? {})).toEqual(Object.keys(variables ?? {}))
    }),
    { numRuns: 500 },
  )
  expect(right).toBeGreaterThan(20)
})
