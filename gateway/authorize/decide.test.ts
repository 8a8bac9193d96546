import { buildSchema, GraphQLError, type GraphQLObjectType, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { type DenialKind, OPEN, type Rule } from '../../contract/access/rule.ts'
import { aDomainView } from '../testing.ts'
import type { DomainView } from '../types/flow.ts'
import type { FieldUse, PreparedOperation } from '../types/operation.ts'
import { type CountryDomain, type Denial, decideOperation, revealDenials } from './decide.ts'

const RULED: Rule = { ...OPEN, policies: [[['release']]] }
const UNRECOGNISED = { notRecognised: 'MANDATE_NOT_COVERED' } as const

describe('a decision', () => {
  it('stays valid for the same caller', () => {
    const { isCacheable } = decide([country('GT', 'POLICY'), country('HN', null)])
    expect(isCacheable).toBe(true)
  })

  it('does not stay valid if one country’s policy reads the time', () => {
    const { isCacheable } = decide([country('GT', 'POLICY'), country('HN', null, { isCacheable: () => false })])
    expect(isCacheable).toBe(false)
  })

  it('counts only the countries that recognise the caller', () => {
    const { decision } = decide([
      country('GT', 'POLICY'),
      country('HN', null, { notRecognised: 'TASK_FORCE_NOT_RECOGNISED' }),
    ])
    expect(decision.denials).toEqual([{ coordinate: 'Case.court', path: ['court'], kind: 'POLICY', country: null }])
  })

  it('keeps a field if no country recognises the caller', () => {
    const { decision } = decide([country('GT', 'POLICY', { notRecognised: 'MANDATE_NOT_COVERED' })])
    expect(decision).toMatchObject({ denials: [], partialDenials: [], isRuled: true })
  })

  it('reports a denied field once, and no field below it', () => {
    const parent = use('case')
    const { decision } = decide([country('GT', 'SCOPES')], [parent, { ...use('court'), parent }])
    expect(decision.denials.map(({ coordinate }) => coordinate)).toEqual(['Case.case'])
    expect([...decision.removedFields]).toEqual(['Case.case', 'Case.court'])
  })

  it('keeps a field without a rule for every caller', () => {
    const { decision } = decide([country('GT', null, { ruleOf: () => OPEN })])
    expect(decision).toEqual({ removedFields: new Set(), denials: [], partialDenials: [], isRuled: false })
  })

  it('is ruled if only one of the fields has a rule in only one of the countries', () => {
    const ruleOf = (_: string, fieldName: string) => (fieldName === 'court' ? RULED : OPEN)
    const countries = [country('GT', null, { ruleOf }), country('HN', null, { ruleOf: () => OPEN })]
    expect(decide(countries, [use('id'), use('court')]).decision.isRuled).toBe(true)
    expect(decide(countries, [use('id')]).decision.isRuled).toBe(false)
  })

  it('does not stay valid if one of two fields’ policies reads the time', () => {
    const isCacheable = (_: string, fieldName: string) => fieldName === 'id'
    expect(decide([country('GT', null, { isCacheable })], [use('id'), use('court')]).isCacheable).toBe(false)
  })

  it('reports each use that only some countries deny, with each of these countries once', () => {
    const countries = [country('GT', 'SCOPES'), country('GT', 'SCOPES'), country('HN', null), country('CR', 'POLICY')]
    const under = { ...use('court'), path: ['alias'] }
    expect(decide(countries, [use('court'), under]).decision).toMatchObject({
      removedFields: new Set(),
      denials: [],
      partialDenials: [
        { coordinate: 'Case.court', path: ['court'], kind: 'SCOPES', country: 'GT' },
        { coordinate: 'Case.court', path: ['court'], kind: 'POLICY', country: 'CR' },
        { coordinate: 'Case.court', path: ['alias'], kind: 'SCOPES', country: 'GT' },
        { coordinate: 'Case.court', path: ['alias'], kind: 'POLICY', country: 'CR' },
      ],
    })
  })

  it('reports a field that is denied below one that is not', () => {
    const parent = use('case')
    const denialOf = (_: string, fieldName: string) => (fieldName === 'court' ? ('SCOPES' as const) : null)
    const { decision } = decide([country('GT', null, { denialOf })], [parent, { ...use('court'), parent }])
    expect(decision.denials.map(({ coordinate }) => coordinate)).toEqual(['Case.court'])
  })

  it('reports no partial denial below a removed field, at any depth', () => {
    const [top, middle, bottom] = [use('case'), use('id'), use('court')]
    const denialOf = (_: string, fieldName: string) => (fieldName === 'case' ? ('SCOPES' as const) : null)
    const partly = (_: string, fieldName: string) => (fieldName === 'id' ? null : ('SCOPES' as const))
    const uses = [top, { ...middle, parent: top }]
    const { decision } = decide(
      [country('GT', null, { denialOf: partly }), country('HN', null, { denialOf })],
      [...uses, { ...bottom, parent: uses[1] ?? null }],
    )
    expect(decision.removedFields).toEqual(new Set(['Case.case']))
    expect(decision.denials.map(({ coordinate }) => coordinate)).toEqual(['Case.case'])
    expect(decision.partialDenials).toEqual([])
  })

  it.each<[string, readonly CountryDomain[], DenialKind | null, readonly DenialKind[]]>([
    ['keeps a field that the plain subgraph answers, whatever countries deny', [country('GT', 'POLICY')], null, []],
    ['removes a field that the plain subgraph and all countries deny', [country('GT', 'POLICY')], 'SCOPES', ['POLICY']],
    ['keeps a field that the plain subgraph denies and a country answers', [country('GT', null)], 'SCOPES', []],
    ['removes a field that the plain subgraph denies and no country publishes', [], 'SCOPES', ['SCOPES']],
  ])('%s', (_, countries, denial, kinds) => {
    const { decision } = decide(countries, [use('court')], country('', denial).view)
    expect(decision.denials.map(({ kind }) => kind)).toEqual(kinds)
  })

  function decide(
    countries: readonly CountryDomain[],
    uses: readonly FieldUse[] = [use('court')],
    plain: DomainView | null = null,
  ) {
    return decideOperation(operationOf(uses), { sourcesOf: () => ({ countries, plain }) })
  }
})

describe('an argument', () => {
  const rows: [string, string, Partial<DomainView>, Partial<Denial> | null][] = [
    [
      'that reveals a denied field is denied',
      '(court: "one")',
      {},
      { coordinate: 'Case.id(court:)', kind: 'SCOPES', country: 'GT', path: ['alias'] },
    ],
    [
      'that reveals only fields that the caller may read is not denied',
      '(court: "one")',
      { denialOf: () => null },
      null,
    ],
    ['that the operation does not use is not denied', '', {}, null],
    ['of a country that does not recognise the caller is not denied', '(court: "one")', UNRECOGNISED, null],
  ]

  it.each(rows)('%s', (_, args, over, denial) => {
    expect(revealed(args, country('GT', 'SCOPES', { revealedBy: revealsCourt, ...over }))).toEqual(
      denial === null ? [] : [denial],
    )
  })

  it('is denied once, by the first of the fields that it reveals and the caller may not read', () => {
    const asked: string[] = []
    const view = {
      revealedBy: (coordinate: string) =>
        revealsCourt(coordinate).flatMap(() => ['Case.id', 'Person.name', 'Case.court']),
      denialOf(typeName: string, fieldName: string) {
        asked.push(`${typeName}.${fieldName}`)
        return fieldName === 'id' ? null : ('POLICY' as const)
      },
    }
    expect(revealed('(court: "one")', country('GT', null, view))).toMatchObject([{ kind: 'POLICY' }])
    expect(asked).toEqual(['Case.id', 'Person.name'])
  })

  it('is not read if no argument of its field can reveal anything', () => {
    expect(revealed('(court: { wrong: true })', country('GT', 'SCOPES'))).toEqual([])
  })

  it('is rejected if it has the wrong type and could reveal a field', () => {
    expect(() => revealed('(court: { wrong: true })', country('GT', 'SCOPES', { revealedBy: revealsCourt }))).toThrow(
      GraphQLError,
    )
  })

  it('takes its value from the variables', () => {
    const source = country('GT', 'SCOPES', { revealedBy: revealsCourt })
    expect(revealed('(court: $court)', source, { court: 'one' })).toHaveLength(1)
    expect(revealed('(court: $court)', source, {})).toEqual([])
  })

  it('of a field without a definition is not denied', () => {
    expect(
      revealDenials(
        operationOf([use('__typename')]),
        {},
        { sourcesOf: () => ({ countries: [country('GT', 'SCOPES', { revealedBy: revealsCourt })], plain: null }) },
      ),
    ).toEqual([])
  })

  it('that a plain subgraph denies is denied without a country', () => {
    const { view } = country('', 'SCOPES', { revealedBy: revealsCourt })
    expect(revealed('(court: "one")', country('GT', null), {}, view)).toMatchObject([{ country: null }])
  })

  function revealsCourt(coordinate: string): readonly string[] {
    return coordinate === 'Case.id(court:)' ? ['Case.court'] : []
  }

  function revealed(
    args: string,
    source: CountryDomain,
    variables: Readonly<Record<string, unknown>> = {},
    plain: DomainView | null = null,
  ) {
    const [operation] = parse(`query ($court: String) { alias: id${args} }`).definitions
    const node = operation?.kind === 'OperationDefinition' ? operation.selectionSet.selections[0] : undefined
    if (node?.kind !== 'Field') throw new Error('expected a field')
    const definition = (
      buildSchema('type Case { id(court: String): ID }').getType('Case') as GraphQLObjectType
    ).getFields().id
    const fieldUse: FieldUse = { ...use('id'), path: ['alias'], node, definition }
    return revealDenials(operationOf([fieldUse]), variables, { sourcesOf: () => ({ countries: [source], plain }) })
  }
})

function country(code: string, denial: DenialKind | null, over: Partial<DomainView> = {}): CountryDomain {
  const view = aDomainView({ ruleOf: () => RULED, denialOf: () => denial, ...over })
  return { country: code, publishes: () => true, view }
}

function use(fieldName: string): FieldUse {
  const node = { kind: 'Field', name: { kind: 'Name', value: fieldName } } as FieldUse['node']
  return { typeName: 'Case', fieldName, path: [fieldName], node, definition: undefined, parent: null }
}

const KEYS = { prefix: '_i', typename: '_iT', id: '_iId' }
const OPERATION = { source: '{ court }', operationName: undefined, conditions: {} }
const LIFTED = { operation: OPERATION, names: null, values: {} }

function operationOf(uses: readonly FieldUse[]): PreparedOperation {
  return { uses, outKey: (key) => key, keys: KEYS, isIntrospection: false, lifted: LIFTED }
}
