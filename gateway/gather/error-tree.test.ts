import { describe, expect, it } from 'vitest'
import { errorTree } from './error-tree.ts'

const denied = { extensions: { code: 'FORBIDDEN' } }

describe('the tree of a country’s errors', () => {
  it('has each error below its path', () => {
    const tree = errorTree([{ ...denied, path: ['cases', 0] }, { path: ['persons'] }])
    expect(tree?.child('cases')?.child(0)?.isDenied()).toBe(true)
    expect(tree?.child('persons')?.isDenied()).toBe(false)
    expect(tree?.child('legal')).toBeUndefined()
  })

  it.each([
    ['deeper than a stack', Array.from({ length: 500_000 }, () => 0)],
    ['with a step that has no string', [JSON.parse('{"toString":1,"valueOf":1}')]],
    ['with names that each object has', ['__proto__', 'constructor']],
    ['that is not a list', { length: 3 }],
  ])('accepts any path: %s', (_, path) => {
    expect(errorTree([{ ...denied, path }])?.isDenied()).toBe(true)
  })

  it('is none without errors', () => {
    expect(errorTree([])).toBeUndefined()
  })

  it('has several errors below one key', () => {
    const tree = errorTree([{ ...denied, path: ['a', 0] }, { path: ['a', 1] }])
    expect([tree?.child('a')?.child(0)?.isDenied(), tree?.child('a')?.child('1')?.isDenied()]).toEqual([true, false])
  })

  it('skips the steps that are neither keys nor indices', () => {
    expect(
      errorTree([{ ...denied, path: [null, 'a'] }])
        ?.child('a')
        ?.isDenied(),
    ).toBe(true)
  })

  it.each(
    `UNAUTHENTICATED FORBIDDEN_BY_COUNTRY MANDATE_NOT_COVERED TASK_FORCE_NOT_RECOGNISED REFUSED_BY_NODE
    BAD_USER_INPUT SEARCH_TOO_WIDE LIMIT_EXCEEDED ID_INVALID BAD_CURSOR`.split(/\s+/),
  )('is denied by the code %s', (code) => {
    expect(errorTree([{ path: ['a'], extensions: { code } }])?.isDenied()).toBe(true)
  })

  it.each([[null], [undefined], ['FORBIDDEN'], [{ code: ['FORBIDDEN'] }], [{ code: 'OTHER' }], [{}]])(
    'is not denied by the extensions %j',
    (extensions) => {
      expect(errorTree([{ path: ['a'], extensions } as never])?.isDenied()).toBe(false)
    },
  )
})
