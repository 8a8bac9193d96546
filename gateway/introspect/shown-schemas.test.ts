import {
  buildSchema,
  execute,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  parse,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import { createPlanner } from '../plan/compile.ts'
import { SUPERGRAPH_SDL } from '../plan/testing.ts'
import { createShownSchemas } from './shown-schemas.ts'

const { apiSchema, rules } = createPlanner(SUPERGRAPH_SDL, () => true)
const show = createShownSchemas({ apiSchema, rules, isContract: true })

function textOf(schema: GraphQLSchema, typeName: string, fieldName: string): string | null | undefined {
  const result = execute({ schema, document: parse(getIntrospectionQuery()) }) as { data?: unknown }
  const { __schema: shown } = result.data as IntrospectionQuery
  const type = shown.types.find(({ name }) => name === typeName)
  return type?.kind === 'OBJECT' ? type.fields.find(({ name }) => name === fieldName)?.description : undefined
}

describe('a shown schema', () => {
  it('has the descriptions of one language, with the scopes that a field needs', () => {
    expect(textOf(show([], 'en'), 'Case', 'court')).toBe(
      'The court that hears the case. You need the scope `case:read`.',
    )
    expect(textOf(show([], 'es'), 'Case', 'court')).toBe(
      'El tribunal que conoce del caso. Necesita el permiso (scope) `case:read`.',
    )
  })

  it('lacks the hidden coordinates in each language', () => {
    const hidden = ['Case.court']
    expect(textOf(show(hidden, 'en'), 'Case', 'court')).toBeUndefined()
    expect(textOf(show(hidden, 'es'), 'Case', 'court')).toBeUndefined()
    expect(textOf(show(hidden, 'es'), 'Case', 'status')).toMatch(/^Lo que el caso espera ahora\./)
  })

  it('is made once for the same coordinates and language', () => {
    expect(show(['Case.court'], 'es')).toBe(show(['Case.court'], 'es'))
    expect(show(['Case.court'], 'es')).not.toBe(show(['Case.court'], 'en'))
  })

  it('of a graph that is not the contract keeps its own descriptions, although a type has a name of ours', () => {
    const other = buildSchema('type Query { case: Case } type Case { "A box." court: String }')
    const showOther = createShownSchemas({
      apiSchema: other,
      rules: readRuleTable(parse('type Query { a: Int }')),
      isContract: false,
    })
    expect(textOf(showOther([], 'es'), 'Case', 'court')).toBe('A box.')
  })
})
