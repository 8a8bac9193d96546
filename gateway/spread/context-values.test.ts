import { describe, expect, it } from 'vitest'
import type { Rewrite } from '../types/plan.ts'
import { contextValues } from './context-values.ts'

const tree = {
  shops: [
    { __typename: 'Shop', currency: 'HNL', aisles: [[{ items: [{ id: 'i1' }] }]] },
    { __typename: 'Kiosk', currency: 'GTQ', aisles: [] },
  ],
}
const rename = (path: Rewrite['path']): Rewrite => ({ kind: 'KeyRenamer', path, renameKeyTo: 'v' })

describe('contextValues', () => {
  it.each([
    {
      title: 'goes up object by object, and a list is not a level',
      at: ['shops', 0, 'aisles', 0, 0, 'items', 0],
      path: ['..', '..', 'currency'],
      v: 'HNL',
    },
    { title: 'takes a value of the object itself', at: ['shops', 1], path: ['currency'], v: 'GTQ' },
    {
      title: 'takes no value from an object of another type',
      at: ['shops', 1],
      path: [new Set(['Shop']), 'currency'],
      v: undefined,
    },
    { title: 'takes no value from above the root', at: ['shops', 0], path: ['..', '..', 'currency'], v: undefined },
    { title: 'takes no member of a prototype', at: ['shops', 0], path: ['constructor'], v: undefined },
  ])('$title', ({ at, path, v }) => {
    expect(contextValues(tree, at, [rename(path)])).toEqual(v === undefined ? {} : { v })
  })
})
