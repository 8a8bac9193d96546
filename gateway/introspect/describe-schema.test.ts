import {
  buildSchema,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  parse,
  printSchema,
  visit,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import { readDescriptions } from '../../contract/descriptions.ts'
import { LANGUAGES } from '../../contract/language.ts'
import { createPlanner } from '../plan/compile.ts'
import { SUPERGRAPH_SDL } from '../plan/testing.ts'
import { describeSchema } from './shown-schemas.ts'

const { apiSchema, rules } = createPlanner(SUPERGRAPH_SDL, () => true)

/** Lists each type and member of a schema, as the files of descriptions name them. */
function listMembers(schema: GraphQLSchema): readonly (readonly [typeName: string, member: string])[] {
  return Object.values(schema.getTypeMap()).flatMap((type): [string, string][] => {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) return []
    const itself: [string, string] = [type.name, '_']
    if (isEnumType(type)) return [itself, ...type.getValues().map(({ name }): [string, string] => [type.name, name])]
    if (isInputObjectType(type)) {
      return [itself, ...Object.keys(type.getFields()).map((name): [string, string] => [type.name, name])]
    }
    if (!isObjectType(type)) return [itself]
    const fields = Object.values(type.getFields()).flatMap(({ name, args }) => [
      name,
      ...args.map((argument) => `${name}(${argument.name}:)`),
    ])
    return [itself, ...fields.map((member): [string, string] => [type.name, member])]
  })
}

describe.each(LANGUAGES)('the descriptions in %s', (language) => {
  const texts = readDescriptions(language)

  it('has a text for each type, field, argument, input field and enum value', () => {
    const missing = listMembers(apiSchema).filter(([typeName, member]) => texts.textFor(typeName, member) === undefined)
    expect(missing).toEqual([])
  })

  it('has no text for something that the graph does not have', () => {
    const known = new Set(listMembers(apiSchema).map((one) => one.join(' ')))
    const written = texts.typeNames.flatMap((typeName) =>
      ['_', ...texts.membersOf(typeName)].map((one) => `${typeName} ${one}`),
    )
    expect(written.filter((one) => !known.has(one))).toEqual([])
  })

  it('ends each text as a sentence', () => {
    const open = listMembers(apiSchema).filter(
      ([typeName, member]) => !/[.]$/.test(texts.textFor(typeName, member) ?? ''),
    )
    expect(open).toEqual([])
  })

  it('changes nothing but descriptions', () => {
    const described = describeSchema(apiSchema, { language, texts, rules })
    expect(withoutDescriptions(described)).toBe(withoutDescriptions(apiSchema))
  })
})

function withoutDescriptions(schema: GraphQLSchema): string {
  const strip = visit(parse(printSchema(lexicographicSortSchema(schema))), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
  })
  return JSON.stringify(strip, (key, value) => (key === 'loc' ? undefined : value))
}

describe('a described schema', () => {
  const inEnglish = describeSchema(apiSchema, { language: 'en', texts: readDescriptions('en'), rules })
  const inSpanish = describeSchema(apiSchema, { language: 'es', texts: readDescriptions('es'), rules })
  const textOf = (schema: GraphQLSchema, typeName: string, fieldName: string) => {
    const type = schema.getType(typeName)
    return isObjectType(type) ? type.getFields()[fieldName]?.description : undefined
  }

  it('says which scopes a field needs', () => {
    expect(textOf(inEnglish, 'Case', 'court')).toBe('The court that hears the case. You need the scope `case:read`.')
    expect(textOf(inSpanish, 'Case', 'court')).toBe(
      'El tribunal que conoce del caso. Necesita el permiso (scope) `case:read`.',
    )
  })

  it('says which policies decide', () => {
    expect(textOf(inEnglish, 'Case', 'narrative')).toBe(
      'What happened, in the words of the country’s file. You need the scope `case:read` and `case:narrative`. Each country’s policy `narrative_release` decides too.',
    )
  })

  it('says nothing about rights where everybody may read', () => {
    expect(textOf(inEnglish, 'Statute', 'heading')).toBe('The heading of the article.')
  })

  it('words alternatives, and a rule that only asks for a token', () => {
    const sdl = `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", "@requiresScopes"])
      directive @authenticated on FIELD_DEFINITION
      directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION
      type Query { one: Int @authenticated, two: Int @requiresScopes(scopes: [["a", "b"], ["c"]]) }`
    const schema = buildSchema('"Kept." type Query { "Old." one: Int two: Int }')
    const described = describeSchema(schema, {
      language: 'en',
      texts: readDescriptions('en'),
      rules: readRuleTable(parse(sdl)),
    })
    expect(textOf(described, 'Query', 'one')).toBe('Old. You need a token.')
    expect(textOf(described, 'Query', 'two')).toBe('You need the scope `a` and `b`, or `c`.')
  })
})
