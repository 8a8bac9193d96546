import { describe, expect, it } from 'vitest'
import { mergeTrees } from './merge-trees.ts'

describe('mergeTrees', () => {
  const merged = (tree: Record<string, unknown>, part: Record<string, unknown>) => {
    const answerErrors = mergeTrees(tree, part)
    return { tree, at: answerErrors.map(({ path }) => path) }
  }

  it('puts objects and the items of lists together', () => {
    expect(merged({ rows: [{ a: 1 }, { a: 2 }, null] }, { rows: [{ b: 1 }, { b: 2 }, null] })).toEqual({
      tree: { rows: [{ a: 1, b: 1 }, { a: 2, b: 2 }, null] },
      at: [],
    })
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
  ])('takes nothing from the part and reports the place, if $title', ({ tree, part, at }) => {
    const before = structuredClone(tree)
    expect(merged(tree, part)).toEqual({ tree: before, at })
  })
})
