import { buildSchema, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { ANONYMOUS, type DenialKind, OPEN, type Rule } from '../../contract/access/rule.ts'
import { loadSupergraph } from '../plan/graph/supergraph.ts'
import { compileForTest, SUPERGRAPH_SDL } from '../plan/testing.ts'
import type { DomainView } from '../types/flow.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { type PrunedField, pruneField } from './prune-field.ts'
import { type Publication, readPublication } from './publication.ts'

const schema = loadSupergraph(SUPERGRAPH_SDL).subgraphs.get('cases')?.schema ?? buildSchema('type Query { a: Int }')
const COMPLETE = readPublication(schema, '', undefined)
const SOURCE = '{ case(id: "HN:1") { court narrative } }'
const GUARDED: Rule = { ...OPEN, scopes: [[['some:scope']]] }

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
  return {
    notRecognised: null,
    rights: ANONYMOUS,
    ruleOf: (typeName, fieldName) => (isDenied(typeName, fieldName) ? GUARDED : OPEN),
    denialOf: (typeName, fieldName) => (isDenied(typeName, fieldName) ? 'SCOPES' : null),
    revealedBy: () => [],
    isCacheable: () => true,
    ...over,
  }
}
