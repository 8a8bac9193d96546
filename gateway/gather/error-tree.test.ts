import { describe, expect, it } from 'vitest'
import { errorTree } from './error-tree.ts'

const denied = { extensions: { code: 'FORBIDDEN' } }

describe('the tree of a country’s errors', () => {
  it('has each error below its path', () => {
    const tree = errorTree([{ ...denied, path: ['cases', 0] }, { path: ['persons'] }])
    expect(tree?.child('cases')?.child(0)?.reason()).toBe('denied')
    expect(tree?.child('persons')?.reason()).toBe('broken')
    expect(tree?.child('legal')).toBeUndefined()
  })

  it.each([
    ['deeper than a stack', Array.from({ length: 500_000 }, () => 0)],
    ['with a step that has no string', [JSON.parse('{"toString":1,"valueOf":1}')]],
    ['with names that each object has', ['__proto__', 'constructor']],
    ['that is not a list', { length: 3 }],
  ])('accepts any path: %s', (_, path) => {
    expect(errorTree([{ ...denied, path }])?.reason()).toBe('denied')
  })

  it('is none without errors', () => {
    expect(errorTree([])).toBeUndefined()
  })

  it('has several errors below one key', () => {
    const tree = errorTree([{ ...denied, path: ['a', 0] }, { path: ['a', 1] }])
    const reasons = [0, '1'].map((step) => tree?.child('a')?.child(step)?.reason())
    expect(reasons).toEqual(['denied', 'broken'])
  })

  it('has an error at the last place that its path names, if a step is neither a key nor an index', () => {
    const tree = errorTree([{ ...denied, path: ['a', null, 'b'] }])
    expect(tree?.child('a')?.reason()).toBe('denied')
    expect(tree?.child('a')?.child('b')).toBeUndefined()
  })

  it('says that the country cannot reach its records, unless it also denies', () => {
    const down = { path: ['a', 0], extensions: { code: 'RECORDS_UNAVAILABLE' } }
    const tree = errorTree([down, { ...denied, path: ['a', 1] }, { ...down, path: ['b'] }])
    expect(tree?.child('b')?.reason()).toBe('unreachable')
    expect(tree?.child('a')?.child(0)?.reason()).toBe('unreachable')
    expect(tree?.child('a')?.reason()).toBe('denied')
  })

  it('takes little memory for ten thousand paths of two hundred steps, because it is as deep as somebody looks', () => {
    const errors = Array.from({ length: 10_000 }, (_, i) => ({
      path: Array.from({ length: 200 }, (_, at) => `${i}.${at}`),
    }))
    const before = process.memoryUsage().heapUsed
    const tree = errorTree(errors)
    expect(tree?.child('9.0')?.child('9.1')?.reason()).toBe('broken')
    expect((process.memoryUsage().heapUsed - before) / 1_048_576).toBeLessThan(40)
  })

  it.each(
    `UNAUTHENTICATED FORBIDDEN_BY_COUNTRY MANDATE_NOT_COVERED TASK_FORCE_NOT_RECOGNISED REFUSED_BY_NODE
    BAD_USER_INPUT SEARCH_TOO_WIDE LIMIT_EXCEEDED ID_INVALID BAD_CURSOR`.split(/\s+/),
  )('is denied by the code %s', (code) => {
    expect(errorTree([{ path: ['a'], extensions: { code } }])?.reason()).toBe('denied')
  })

  it.each([[null], [undefined], ['FORBIDDEN'], [{ code: ['FORBIDDEN'] }], [{ code: 'OTHER' }], [{}]])(
    'is not denied by the extensions %j',
    (extensions) => {
      expect(errorTree([{ path: ['a'], extensions } as never])?.reason()).toBe('broken')
    },
  )
})
