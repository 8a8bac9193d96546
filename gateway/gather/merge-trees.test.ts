import { describe, expect, it } from 'vitest'
import { mergeTrees } from './merge-trees.ts'

describe('mergeTrees', () => {
  const merged = (tree: Record<string, unknown>, part: Record<string, unknown>) => {
    const answerErrors = mergeTrees(tree, part)
    for (const one of answerErrors) expect(one).toMatchObject({ code: 'BAD_ANSWER', country: null, coordinate: null })
    return { tree, at: answerErrors.map(({ path }) => path) }
  }

  it('puts objects and the items of lists together', () => {
    expect(merged({ rows: [{ a: 1 }, { a: 2 }, null] }, { rows: [{ b: 1 }, { b: 2 }, null] })).toEqual({
      tree: { rows: [{ a: 1, b: 1 }, { a: 2, b: 2 }, null] },
      at: [],
    })
  })

  it('keeps the first of two texts', () => {
    expect(merged({ a: 'x' }, { a: 'y' })).toEqual({ tree: { a: 'x' }, at: [] })
  })

  it.each([
    {
      title: 'a list has another length',
      tree: { rows: [{ a: 1 }] },
      part: { rows: [{ b: 1 }, { b: 2 }] },
      at: [['rows']],
    },
    {
      title: 'an object is null in one answer',
      tree: { row: { in: null } },
      part: { row: { in: { b: 1 } } },
      at: [['row', 'in']],
    },
    {
      title: 'an object in a list is null in one answer',
      tree: { rows: [{ in: null }] },
      part: { rows: [{ in: { b: 1 } }] },
      at: [['rows', 0, 'in']],
    },
    { title: 'a list is a text of the same length', tree: { rows: [1] }, part: { rows: 'x' }, at: [['rows']] },
    { title: 'a text is a list of the same length', tree: { rows: 'x' }, part: { rows: [1] }, at: [['rows']] },
  ])('takes nothing from the part and reports the place, if $title', ({ tree, part, at }) => {
    const before = structuredClone(tree)
    expect(merged(tree, part)).toEqual({ tree: before, at })
  })
})
