import { buildSchema, parse, print, stripIgnoredCharacters } from 'graphql'
import { describe, expect, it } from 'vitest'
import { rewriteToObjectTypes } from './fragment-on-impossible-interface.ts'

const SCHEMA = buildSchema(`
  type Query { boats: [Boat] }
  interface Boat { id: ID! crew: [Boat] } interface Named { name: String } union Either = Ship | Buoy
  type Ship implements Boat & Named { id: ID! crew: [Boat] name: String }
  type Raft implements Boat { id: ID! crew: [Boat] }
  type Buoy implements Named { name: String }`)

function concrete(source: string): string | null {
  const document = rewriteToObjectTypes(parse(source), SCHEMA, '_iZ')
  return document && stripIgnoredCharacters(print(document))
}

describe('an operation with fragments only on object types', () => {
  it.each([
    ['on the types in common', '{ boats { ... on Named { name } } }', '{boats{...on Ship{name}}}'],
    ['on each type', '{ boats { ... on Boat { id } } }', '{boats{...on Ship{id}...on Raft{id}}}'],
    [
      'without fragments to which no type can apply',
      '{ boats { id ... on Raft { ... on Named { name } } } }',
      '{boats{id ...on Raft{_iZ:__typename}}}',
    ],
    [
      'through unions',
      '{ boats { ... on Either { ... on Named { name } } } }',
      '{boats{...on Ship{...on Ship{name}}}}',
    ],
    ['at any depth', '{ boats { crew { ... on Named { name } } } }', '{boats{crew{...on Ship{name}}}}'],
    [
      'with named fragments written out',
      '{ boats { ...N } } fragment N on Named { name }',
      '{boats{...on Ship{name}}}',
    ],
  ])('has them %s', (_, source, expected) => {
    expect(concrete(source)).toBe(expected)
  })

  it('is not made if the operation has such fragments already', () => {
    expect(concrete('{ boats { id ... on Ship { name } } }')).toBeNull()
  })

  it('is not made if it would be very long', () => {
    const levels = 16
    const nested = `${'... on Boat { crew { '.repeat(levels)} id ${'} } '.repeat(levels)}`
    expect(concrete(`{ boats { ${nested} } }`)).toBeNull()
  })
})
