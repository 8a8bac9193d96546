import { buildSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { GuardedRequest } from './guard.ts'
import { coerceLegVariables } from './leg-variables.ts'

const WITH_DEFAULT = buildSchema('type Query { a(n: [Int!] = [7]): Int }')
const ANY_CODE = buildSchema('scalar Code type Query { a(n: [Code!]): Int }')
const TWO_CODES = buildSchema('enum Code { A B } type Query { a(n: [Code!]): Int }')

function requestOf(query: string, variables: GuardedRequest['variables'], operationName?: string): GuardedRequest {
  return { document: parse(query), variables, operationName }
}

describe('the variables of a leg', () => {
  it('are coerced once for a request and a schema, and to the same as of an equal request', () => {
    const query = 'query One($n: [Int!]) { a(n: $n) } query Two($n: [Int!]!, $m: Int = 3) { a(n: $n) b: a(n: [$m]) }'
    for (const variables of [{ n: 5 }, { n: [1, 2] }, { n: null }, {}, undefined, { n: 'x' }, { n: 1, more: true }]) {
      for (const name of ['One', 'Two']) {
        const request = requestOf(query, variables, name)
        const read = coerceLegVariables(request, WITH_DEFAULT)
        expect(coerceLegVariables(request, WITH_DEFAULT)).toBe(read)
        expect(read).toEqual(coerceLegVariables(requestOf(query, variables, name), WITH_DEFAULT))
      }
    }
  })

  it('are those of the schema that is asked for', () => {
    const request = requestOf('query($n: [Code!]) { a(n: $n) }', { n: 'x' })
    for (let time = 0; time < 2; time++) {
      expect(coerceLegVariables(request, ANY_CODE)?.coerced).toEqual({ n: ['x'] })
      expect(coerceLegVariables(request, TWO_CODES)?.errors).toHaveLength(1)
    }
  })

  it('are null without the operation that the request names', () => {
    expect(coerceLegVariables(requestOf('query One { a }', {}, 'Two'), WITH_DEFAULT)).toBe(null)
  })
})
