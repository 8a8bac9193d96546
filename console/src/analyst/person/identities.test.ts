import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { followIdentities, listSayers, MOST_IDENTITIES } from './identities.ts'

const id = fc.constantFrom('GT:1', 'HN:1', 'SV:1', 'GT:2', 'PA:1', 'HN:2')
const said = fc.array(fc.tuple(id, fc.array(id, { maxLength: 3 })), { maxLength: 6 }).map((pairs) => new Map(pairs))

/** What can be reached, computed by closing the relation. */
function reachable(first: string, relation: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const pairs = [...relation].flatMap(([from, names]) => names.map((to) => [from, to] as const))
  let found = new Set([first])
  for (let size = 0; size !== found.size; ) {
    size = found.size
    found = new Set([...found, ...pairs.flatMap(([from, to]) => (found.has(from) || found.has(to) ? [from, to] : []))])
  }
  return found
}

describe('followIdentities', () => {
  it('finds what can be reached in both directions, the first one first and each once', () => {
    fc.assert(
      fc.property(id, said, (first, relation) => {
        const followed = followIdentities(first, relation)
        expect(followed[0]).toBe(first)
        expect(new Set(followed).size).toBe(followed.length)
        expect(new Set(followed)).toEqual(reachable(first, relation))
      }),
    )
  })

  it('stops, so that a country cannot make one question into thousands', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `HN:${index}`)
    expect(followIdentities('GT:1', new Map([['GT:1', many]]))).toHaveLength(MOST_IDENTITIES)
  })
})

describe('listSayers', () => {
  it('names each country that says so once, and never the record itself', () => {
    const relation = new Map([
      ['GT:1', ['HN:1', 'GT:1']],
      ['SV:1', ['HN:1']],
      ['GT:2', ['HN:1']],
    ])
    expect(listSayers('HN:1', relation)).toEqual(['GT', 'SV'])
    expect(listSayers('GT:1', relation)).toEqual([])
  })
})
