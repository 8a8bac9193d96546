import { describe, expect, it } from 'vitest'
import { errorTree } from './error-tree.ts'

const refused = { extensions: { code: 'FORBIDDEN' } }

describe('the tree of a country’s errors', () => {
  it('has each error below its path', () => {
    const tree = errorTree([{ ...refused, path: ['cases', 0] }, { path: ['persons'] }])
    expect(tree?.child('cases')?.child(0)?.refused()).toBe(true)
    expect(tree?.child('persons')?.refused()).toBe(false)
    expect(tree?.child('legal')).toBeUndefined()
  })

  it.each([
    ['deeper than a stack', Array.from({ length: 500_000 }, () => 0)],
    ['of what has no string', [JSON.parse('{"toString":1,"valueOf":1}')]],
    ['of names that every object has', ['__proto__', 'constructor']],
    ['that is no list', { length: 3 }],
  ])('can be asked whatever a path is: %s', (_, path) => {
    expect(errorTree([{ ...refused, path }])?.refused()).toBe(true)
  })
})
