import { describe, expect, it } from 'vitest'
import { compileForTest } from '../plan/testing.ts'
import { findPartners } from './engine.ts'

/** Lists the domains and places of the fetches that may wait for others, of an operation. */
function partnersOf(source: string): readonly string[] {
  const compiled = compileForTest(source)
  const partners = findPartners(compiled)
  return compiled.fetches
    .filter((fetch) => partners.has(fetch))
    .map(({ domain, path }) => `${domain} ${path.join('.')}`)
}

describe('a fetch may wait', () => {
  it('for one of the same domain elsewhere in the operation', () => {
    const found = partnersOf(
      '{ person(id: "GT:1") { sameAs { sex } } other: person(id: "GT:2") { sameAs { birthDate } } }',
    )
    expect(found).toEqual(['persons person.sameAs.@', 'persons other.sameAs.@'])
  })

  it('for nobody if it is the only one of its domain', () => {
    expect(partnersOf('{ person(id: "GT:1") { cases { edges { node { court } } } } }')).toEqual([])
  })

  it('for nobody if it is at the root, or if the other one depends on it', () => {
    expect(partnersOf('{ person(id: "GT:1") { sameAs { sameAs { sex } } } }')).toEqual([])
  })
})
