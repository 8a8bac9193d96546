import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { readPublication } from './publication.ts'

const SCHEMA = buildSchema(`
  type Query { cases: [Case!]! }
  interface Record { id: ID }
  type Case implements Record { id: ID, court: String }
  input Filter { court: String }
  enum Status { OPEN }`)

describe('the publication of a complete domain', () => {
  const publication = readPublication(SCHEMA, 'GT', undefined)

  it('has no id of its own and publishes each field', () => {
    expect(publication).toMatchObject({ id: '', isComplete: true })
    expect(publication.publishes('Case', 'court')).toBe(true)
  })

  it('knows the type and the definition of each field', () => {
    expect(publication.typeOf('Query', 'cases')).toBe('Case')
    expect(publication.definitionOf('Record', 'id')?.name).toBe('id')
  })

  it.each([
    ['Case', '__typename'],
    ['Case', 'judge'],
    ['Person', 'name'],
    ['Filter', 'court'],
    ['Status', 'OPEN'],
  ])('has no definition of %s.%s', (typeName, fieldName) => {
    expect(publication.definitionOf(typeName, fieldName)).toBeUndefined()
    expect(publication.typeOf(typeName, fieldName)).toBeUndefined()
  })
})

describe('the publication of a country’s own SDL', () => {
  const sdl = `directive @rule on OBJECT
    type Query { cases: [Case!]! }
    type Case
    extend type Case { id: ID }
    input Case2 { court: String }`
  const publication = readPublication(SCHEMA, 'HN', sdl)

  it('has the country’s id', () => {
    expect(publication).toMatchObject({ id: 'HN', isComplete: false })
  })

  it.each([
    ['Query', 'cases', true],
    ['Case', 'id', true],
    ['Case', '__typename', true],
    ['Case', 'court', false],
    ['Case2', 'court', false],
  ])('of %s.%s is %s', (typeName, fieldName, isPublished) => {
    expect(publication.publishes(typeName, fieldName)).toBe(isPublished)
  })

  it('lacks the values of an enum that the country names without them', () => {
    const missing = (own: string) =>
      Object.fromEntries(
        [...readPublication(SCHEMA, 'HN', own).missingValues].map(([name, values]) => [name, [...values]]),
      )
    const complete = 'type Query { cases: Int }'
    expect(missing(`${complete} enum Status { CLOSED }`)).toEqual({ Status: ['OPEN'] })
    expect(missing(`${complete} enum Status { CLOSED } extend enum Status { OPEN }`)).toEqual({})
    expect(missing(`${complete} enum Other { A }`)).toEqual({})
    expect(missing(complete)).toEqual({})
  })

  it('knows the definitions of the complete domain', () => {
    expect(publication.typeOf('Case', 'court')).toBe('String')
    expect(publication.definitionOf('Case', 'court')?.name).toBe('court')
  })
})
