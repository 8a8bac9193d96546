import { describe, expect, it } from 'vitest'
import type { Rewrite } from '../types/plan.ts'
import { contextValues } from './entities.ts'

const tree = {
  name: 'Centro',
  shops: [
    { __typename: 'Shop', currency: 'HNL', aisles: [[{ size: 3, items: [{ id: 'i1' }, null] }]] },
    { __typename: 'Kiosk', currency: 'GTQ', aisles: [], owner: null },
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
    { title: 'takes a value of the root', at: ['shops', 0], path: ['..', 'name'], v: 'Centro' },
    {
      title: 'takes a value from an object of its type',
      at: ['shops', 0],
      path: [new Set(['Shop']), 'currency'],
      v: 'HNL',
    },
    {
      title: 'takes a value from an object without a type, whatever type the path names',
      at: ['shops', 0, 'aisles', 0, 0],
      path: [new Set(['Aisle']), 'size'],
      v: 3,
    },
    {
      title: 'takes a value of each item of a list',
      at: ['shops', 0, 'aisles', 0, 0],
      path: ['items', 'id'],
      v: ['i1', undefined],
    },
    { title: 'takes no value below null', at: ['shops', 1], path: ['owner', 'name'], v: undefined },
    { title: 'takes no member of a prototype', at: ['shops', 0], path: ['constructor'], v: undefined },
  ])('$title', ({ at, path, v }) => {
    expect(contextValues(tree, at, [rename(path)])).toEqual(v === undefined ? {} : { v })
  })

  it('names no variable for a value that is missing, and applies no other rewrite', () => {
    const setter: Rewrite = { kind: 'ValueSetter', path: ['currency'], value: 1 }
    expect(Object.keys(contextValues(tree, ['shops', 0], [rename(['missing']), setter]))).toEqual([])
  })
})
