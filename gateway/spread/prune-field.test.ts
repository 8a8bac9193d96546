import fc from 'fast-check'
import { buildSchema, type FieldNode, type OperationDefinitionNode, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { ANONYMOUS, type DenialKind, OPEN, type Rule } from '../../contract/access/rule.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { loadSupergraph } from '../plan/graph/supergraph.ts'
import { compileForTest, SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aDomainView } from '../testing.ts'
import type { DomainView } from '../types/flow.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { type PrunedField, pruneField } from './prune-field.ts'
import { type Publication, readPublication } from './publication.ts'

const schema = loadSupergraph(SUPERGRAPH_SDL).subgraphs.get('cases')?.schema ?? buildSchema('type Query { a: Int }')
const COMPLETE = readPublication(schema, '', undefined)
const SOURCE = '{ case(id: "HN:1") { court narrative } }'
const GUARDED: Rule = { ...OPEN, scopes: [[['some:scope']]] }

const PROTECTED = 'Case.protectedParticipants'

describe('a leg', () => {
  it('asks for all of a field that the country publishes and does not deny', () => {
    expect(shownOf(prune({}))).toEqual({ kind: 'included', court: true, narrative: true, partly: null, denied: [] })
  })

  it('goes without a field that the country denies, and names it', () => {
    expect(shownOf(prune({ denied: ['Case.narrative'] }))).toEqual({
      kind: 'included',
      court: true,
      narrative: false,
      partly: 'PARTLY_DENIED',
      denied: ['Case.narrative'],
    })
  })

  it('goes without a field that the country does not publish', () => {
    const publication = readPublication(schema, 'HN', 'type Query { case: Case } type Case { id: ID! court: String }')
    expect(shownOf(prune({ publication }))).toMatchObject({ narrative: false, partly: 'PARTLY_NOT_PUBLISHED' })
  })

  it.each<[string, Parameters<typeof prune>[0], PrunedField['kind']]>([
    ['denied if the top field is', { denied: ['Query.case'] }, 'denied'],
    ['denied if the gateway may not read the id by which it puts answers together', { denied: ['Case.id'] }, 'denied'],
    [
      'not published if the country leaves out the top field',
      { publication: readPublication(schema, 'HN', 'type Query { cases: Int }') },
      'not-published',
    ],
    [
      'not recognised if something in it has a rule and the country does not recognise the caller',
      { denied: ['Case.narrative'], view: { notRecognised: 'TASK_FORCE_NOT_RECOGNISED' } },
      'not-recognised',
    ],
  ])('is %s', (_, options, kind) => {
    expect(prune(options).kind).toBe(kind)
  })

  it('goes to a country that does not recognise the caller if nothing in it has a rule', () => {
    expect(prune({ view: { notRecognised: 'TASK_FORCE_NOT_RECOGNISED' } }).kind).toBe('included')
  })

  it('carries the scopes that its rules name and the caller holds', () => {
    const rights = { ...ANONYMOUS, authenticated: true, scopes: new Set(['some:scope', 'other:scope']) }
    expect(prune({ view: { rights, ruleOf: () => GUARDED } })).toMatchObject({ scopes: ['some:scope'] })
  })

  it('carries the policies that its rules name and that grant the field, sorted', () => {
    const asked: string[] = []
    const grants = (policy: string, coordinate: string) => asked.push(coordinate) > 0 && policy !== 'denied'
    const rights = { ...ANONYMOUS, authenticated: true, grants }
    const ruleOf = (_: string, name: string): Rule =>
      name === 'narrative' ? { ...OPEN, policies: [[['release', 'denied', 'allow']]] } : OPEN
    expect(prune({ view: { rights, ruleOf } })).toMatchObject({ scopes: [], policies: ['allow', 'release'] })
    expect(new Set(asked)).toEqual(new Set(['Case.narrative']))
  })

  it('carries the scopes of its rules sorted', () => {
    const rights = { ...ANONYMOUS, authenticated: true, scopes: new Set(['b', 'a', 'c']) }
    const ruleOf = (_: string, name: string): Rule => ({ ...OPEN, scopes: [[[name === 'narrative' ? 'a' : 'b']]] })
    expect(prune({ view: { rights, ruleOf } })).toMatchObject({ scopes: ['a', 'b'] })
  })

  it.each<[string, string, readonly string[], readonly string[], readonly string[]]>([
    ['carries the right to see protected rows', 'persons', [], ['Case.narrative'], ['protected']],
    ['carries no right to see protected rows in a domain without them', 'legal', [], ['Case.narrative'], []],
    ['carries no right to see protected rows that the caller lacks', 'persons', [PROTECTED], ['Case.narrative'], []],
    ['carries no right to see protected rows if none of its fields has a rule', 'persons', [], [], []],
  ])('%s', (_, domain, denied, ruled, scopes) => {
    const rights = { ...ANONYMOUS, authenticated: true, scopes: new Set(['protected']) }
    const ruleOf = (typeName: string, name: string): Rule => {
      if (`${typeName}.${name}` === PROTECTED) return { ...OPEN, scopes: [[['protected']]] }
      return ruled.includes(`${typeName}.${name}`) ? GUARDED : OPEN
    }
    const fetch = { ...fetchOf(), domain }
    const view = viewOf(denied, { rights, ruleOf })
    const pruned = pruneField({ fetch, field: topOf(fetch), publication: COMPLETE, view, variables: {} })
    expect(pruned).toMatchObject({ scopes })
  })

  it('is not sent to a country whose SDL lacks a value that an argument has, at any depth', () => {
    const document =
      'query ($search: PersonSearch!) { persons(search: $search) { edges { node { names { full } identifiers { category value } } } } }'
    const fetch = compileForTest(document, { search: {} }).fetches[0] as SpreadFetch
    const persons =
      loadSupergraph(SUPERGRAPH_SDL).subgraphs.get('persons')?.schema ?? buildSchema('type Query { a: Int }')
    const publication = readPublication(
      persons,
      'HN',
      domainSdl('persons').replace(
        /enum IdentificationCategory \{[^}]*\}/,
        'enum IdentificationCategory { NATIONAL_ID OTHER }',
      ),
    )
    const pruneFor = (search: object) =>
      pruneField({ fetch, field: topOf(fetch), publication, view: viewOf([]), variables: { search } })
    const identifier = (category: string) => ({ identifier: { category, jurisdiction: 'HN', value: '1' } })
    expect(pruneFor(identifier('TELEPHONE'))).toEqual({ kind: 'not-published' })
    // It may hold numbers that its SDL cannot name.
    expect(pruneFor(identifier('NATIONAL_ID'))).toMatchObject({ kind: 'included', partly: 'PARTLY_NOT_PUBLISHED' })
    expect(pruneFor({ name: 'TELEPHONE' })).toMatchObject({ kind: 'included', partly: 'PARTLY_NOT_PUBLISHED' })
  })

  it('has another key if the country denies other fields, even if their names run into one another', () => {
    const ambiguous = buildSchema(`
      type Query { case: Case }
      type Case { x: Int, xA: Int, y: Y }
      union Y = AB | B
      type AB { n: Int }
      type B { n: Int }`)
    const publication = readPublication(ambiguous, '', undefined)
    const source = '{ case { x xA y { ... on AB { n } ... on B { n } } } }'
    const [operation] = parse(source, { noLocation: true }).definitions as OperationDefinitionNode[]
    const node = operation?.selectionSet.selections[0] as FieldNode
    const fetch = fetchOf()
    const keyOf = (...denied: readonly string[]) => {
      const field = { ...topOf(fetch), node }
      return (pruneField({ fetch, field, publication, view: viewOf(denied), variables: {} }) as { key: string }).key
    }
    expect(keyOf('Case.x', 'AB.n')).not.toBe(keyOf('Case.xA', 'B.n'))
    expect(keyOf('Case.x', 'AB.n')).toBe(keyOf('Case.x', 'AB.n'))
  })

  it('reports only the topmost of the fields that the country denies', () => {
    const source = '{ case(id: "HN:1") { court participants { edges { cursor } } } }'
    const fetch = compileForTest(source).fetches[0] as SpreadFetch
    const view = viewOf(['Case.participants', 'ParticipantEdge.cursor', 'ParticipantConnection.edges'])
    const pruned = pruneField({ fetch, field: topOf(fetch), publication: COMPLETE, view, variables: {} })
    expect(pruned).toMatchObject({ partly: 'PARTLY_DENIED', denied: [{ coordinate: 'Case.participants' }] })
  })

  it('reports each of two denied fields that are not below one another', () => {
    const source = '{ case(id: "HN:1") { court participants { edges { cursor } } } }'
    const fetch = compileForTest(source).fetches[0] as SpreadFetch
    const view = viewOf(['Case.court', 'CaseParticipantEdge.cursor', 'ParticipantEdge.cursor'])
    const pruned = pruneField({ fetch, field: topOf(fetch), publication: COMPLETE, view, variables: {} })
    expect(pruned.kind === 'included' && pruned.denied.length).toBe(2)
  })

  it('reports why the complete field is denied', () => {
    expect(prune({ denied: ['Query.case'] })).toMatchObject({ denied: [{ coordinate: 'Query.case', path: ['case'] }] })
  })

  it('has a key that is equal only for equal parts of the field', () => {
    const keyOf = (denied: readonly string[]) => (prune({ denied }) as { key?: string }).key
    expect(keyOf([])).toBe('')
    expect(keyOf(['Case.court', 'Case.narrative'])).not.toBe(keyOf(['Case.narrative']))
    expect(keyOf(['Case.court'])).not.toBe(keyOf(['Case.narrative']))
    expect(keyOf(['Case.court'])).toBe(keyOf(['Case.court']))
  })

  it('is pruned once for all values of an argument that reveal the same', () => {
    const fetch = compileForTest('query ($id: ID!) { case(id: $id) { court } }', { id: 'HN:1' })
      .fetches[0] as SpreadFetch
    const view = viewOf(['Case.narrative'], {
      revealedBy: (coordinate) => (coordinate === 'Query.case(id:)' ? ['Case.narrative'] : []),
    })
    const pruneFor = (id: string) =>
      pruneField({ fetch, field: topOf(fetch), publication: COMPLETE, view, variables: { id } })
    expect(pruneFor('HN:1')).toMatchObject({ kind: 'denied', denied: [{ coordinate: 'Query.case(id:)' }] })
    expect(pruneFor('HN:1')).toBe(pruneFor('HN:2'))
  })

  it('is what it would be without a memory, whatever the arguments reveal and in any order', () => {
    const source =
      'query ($f: CaseFilter, $o: CaseOrder) { cases(filter: $f, orderBy: $o) { edges { node { court narrative } } } }'
    const fetch = compileForTest(source).fetches[0] as SpreadFetch
    const names = ['iccs', 'status', 'category', 'subdivision', 'filedFrom', 'filedTo', 'participant']
    const ruled = ['Case.court', 'Case.narrative', 'Case.filedOn', ...names.map((name) => `Case.${name}`)]
    const revealedBy = (coordinate: string): readonly string[] => {
      const [typeName, fieldName = ''] = coordinate.split('.')
      if (typeName === 'CaseFilter') return names.includes(fieldName) ? [`Case.${fieldName}`] : []
      return typeName === 'CaseOrder' ? ['Case.filedOn'] : []
    }
    const values = fc.record({
      f: fc.option(fc.dictionary(fc.constantFrom(...names, 'unknown'), fc.constantFrom('x', null), { maxKeys: 4 })),
      o: fc.constantFrom('FILED_ON_DESC', 'FILED_ON_ASC', null),
    })
    const kinds = new Set<string>()
    fc.assert(
      fc.property(
        fc.subarray(ruled),
        fc.subarray(ruled, { maxLength: 3 }),
        fc.array(values, { minLength: 1, maxLength: 12 }),
        (denied, timed, asked) => {
          const isTimed = (typeName: string, name: string): boolean => timed.includes(`${typeName}.${name}`)
          const view = viewOf(denied, { revealedBy, isCacheable: (...name) => !isTimed(...name) })
          for (const variables of asked) {
            const context = { fetch, field: topOf(fetch), publication: COMPLETE, variables }
            const pruned = pruneField({ ...context, view })
            expect(pruned).toEqual(pruneField({ ...context, view: { ...view } }))
            kinds.add(pruned.kind === 'included' ? `${pruned.kind} ${pruned.partly}` : pruned.kind)
          }
        },
      ),
    )
    expect(kinds).toEqual(new Set(['included null', 'included PARTLY_DENIED', 'denied']))
  })

  it('is pruned again if a rule reads the time of a field that an argument reveals', () => {
    const fetch = compileForTest('query ($id: ID!) { case(id: $id) { court } }', { id: 'HN:1' })
      .fetches[0] as SpreadFetch
    let denial: DenialKind | null = 'POLICY'
    const view = viewOf([], {
      revealedBy: (coordinate) => (coordinate === 'Query.case(id:)' ? ['Case.narrative'] : []),
      ruleOf: (_, name) => (name === 'narrative' ? GUARDED : OPEN),
      denialOf: (_, name) => (name === 'narrative' ? denial : null),
      isCacheable: (_, name) => name !== 'narrative',
    })
    const kind = (): string =>
      pruneField({ fetch, field: topOf(fetch), publication: COMPLETE, view, variables: { id: 'HN:1' } }).kind
    expect(kind()).toBe('denied')
    denial = null
    expect(kind()).toBe('included')
  })

  it('is pruned once for the same view', () => {
    const fetch = fetchOf()
    const view = viewOf(['Case.narrative'])
    const once = () => pruneField({ fetch, field: topOf(fetch), publication: COMPLETE, view, variables: {} })
    expect(once()).toBe(once())
  })

  it('is pruned again if a decision does not hold', () => {
    let denial: DenialKind | null = 'POLICY'
    const fetch = fetchOf()
    const view = viewOf([], { ruleOf: () => GUARDED, denialOf: (_, name) => (name === 'narrative' ? denial : null) })
    const pruneIn = (one: DomainView) =>
      shownOf(pruneField({ fetch, field: topOf(fetch), publication: COMPLETE, view: one, variables: {} })).narrative
    const timed = { ...view, isCacheable: () => false }
    expect([pruneIn(view), pruneIn(timed)]).toEqual([false, false])
    denial = null
    expect([pruneIn(view), pruneIn(timed)]).toEqual([false, true])
  })
})

function prune(options: {
  readonly denied?: readonly string[]
  readonly publication?: Publication
  readonly view?: Partial<DomainView>
}): PrunedField {
  const { denied = [], publication = COMPLETE, view } = options
  const fetch = fetchOf()
  return pruneField({ fetch, field: topOf(fetch), publication, view: viewOf(denied, view), variables: {} })
}

/** Returns which fields the leg asks for, and which denials it reports. */
function shownOf(pruned: PrunedField) {
  if (pruned.kind !== 'included') throw new Error(`expected a field that the leg asks for; came ${pruned.kind}`)
  const { kind, node, partly, denied } = pruned
  const text = print(node)
  return {
    kind,
    court: text.includes('court'),
    narrative: text.includes('narrative'),
    partly,
    denied: denied.map(({ coordinate }) => coordinate),
  }
}

function fetchOf(): SpreadFetch {
  return compileForTest(SOURCE).fetches[0] as SpreadFetch
}

function topOf({ fields }: SpreadFetch) {
  const [field] = fields
  if (field === undefined) throw new Error('expected a top field')
  return field
}

function viewOf(denied: readonly string[], over: Partial<DomainView> = {}): DomainView {
  const isDenied = (typeName: string, fieldName: string) => denied.includes(`${typeName}.${fieldName}`)
  return aDomainView({
    ruleOf: (typeName, fieldName) => (isDenied(typeName, fieldName) ? GUARDED : OPEN),
    denialOf: (typeName, fieldName) => (isDenied(typeName, fieldName) ? 'SCOPES' : null),
    ...over,
  })
}
