import { getIntrospectionQuery, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { findStandardForm } from './standard-introspection.ts'

const STANDARD = getIntrospectionQuery()

describe('the standard introspection query', () => {
  it.each([
    ['as graphql-js writes it', STANDARD],
    ['in one line', STANDARD.replace(/\s+/g, ' ')],
    ['with a comment', `# a tool\n${STANDARD}`],
  ])('is recognised %s', (_, text) => {
    expect(findStandardForm(parse(text))).toBe(findStandardForm(parse(STANDARD)))
    expect(findStandardForm(parse(text))).not.toBeNull()
  })

  it('has another form with other options', () => {
    const forms = [
      {},
      { descriptions: false },
      { inputValueDeprecation: true },
      { schemaDescription: true, oneOf: true },
    ].map((options) => findStandardForm(parse(getIntrospectionQuery(options))))
    expect(new Set(forms).size).toBe(4)
    expect(forms).not.toContain(null)
  })

  it.each([
    ['{ __schema { queryType { name } } }'],
    [STANDARD.replace('queryType', 'query: queryType')],
    [`${STANDARD} query Other { __typename }`],
  ])('is not %s', (text) => {
    expect(findStandardForm(parse(text))).toBeNull()
  })
})
