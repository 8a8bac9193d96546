import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import type { TaskForce } from '../../contract/access/recognition.ts'
import type { Caller } from '../../contract/access-token.ts'
import { IstmoError } from '../../contract/errors.ts'
import { createEngine } from '../../gateway/pipeline/engine.ts'
import { SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { aContext, aParticipant, aTaskForce } from '../../gateway/testing.ts'
import type { AccessMode, EngineAnswer, Leg, RequestContext } from '../../gateway/types/flow.ts'
import type { Participant } from '../../gateway/types/participant.ts'
import { callerOf } from './guarded-engine.ts'

const ALL = [
  'case:read',
  'case:officials',
  'person:protected',
  'case:narrative',
  'person:read',
  'person:hit',
  'person:identifiers',
  'warrant:read',
  'case:count',
]
const COUNTRIES = ['GT', 'HN', 'SV']

function participant(country: string, over: Partial<TaskForce['members'][number]> | null, policies = ''): Participant {
  const taskForce = aTaskForce({ scopes: ALL, ...over })
  const access = { country, taskForces: over === null ? [] : [taskForce], policies: createPolicySet(country, policies) }
  return aParticipant(country, { access })
}

const NARRATIVE = ['narrative_release', 'protected_release']
  .map((name) => `@policy("${name}") permit(principal, action, resource);`)
  .join('\n')
/**
 * GT permits all. HN denies participants, so it denies filtering by them too, and it denies the narrative. SV does not recognise the task
 * force.
 */
const WORLD = [
  participant('GT', {}, NARRATIVE),
  participant('HN', { scopes: ['case:read', 'person:hit', 'case:narrative'] }),
  participant('SV', null),
]

/** Makes the shortest possible answer of a country. */
function scripted({ query, country }: Leg): unknown {
  const record = (type: string): object => ({ _iT: type, _iId: `${country}:1`, __typename: type, id: `${country}:1` })
  if (query.includes('person(')) return { person: record('Person') }
  if (query.includes('case(')) return { case: record('Case') }
  return { cases: { _iE: [], pageInfo: {} } }
}

interface Asked {
  readonly legs: readonly Leg[]
  readonly answer: EngineAnswer
}

async function ask(
  source: string,
  caller: Caller | null = callerOf(ALL, COUNTRIES),
  {
    mode,
    variables = {},
    context = {},
    world = WORLD,
  }: {
    mode?: AccessMode
    variables?: Record<string, unknown>
    context?: Partial<RequestContext>
    world?: readonly Participant[]
  } = {},
): Promise<Asked> {
  const legs: Leg[] = []
  const engine = createEngine({
    supergraphSdl: SUPERGRAPH_SDL,
    participants: world,
    subgraphDefaults: { deadlineMs: 1, maxAnswerBytes: 1 },
    ...(mode ? { mode } : {}),
    async sendLeg(leg) {
      legs.push(leg)
      return { kind: 'answered', data: scripted(leg), errors: [] }
    },
  })
  const request = { document: parse(source), source, operationName: undefined, variables }
  const grounds = caller && { purpose: 'INVESTIGATION' as const }
  const answer = await engine.execute(request, aContext({ caller, grounds, ...context }))
  return { legs, answer }
}

const errorsOf = ({ answer }: Asked): string[] =>
  (answer.errors ?? []).map(({ path, extensions: { code, country, coordinate } = {} }) =>
    [path?.join('.'), code, country ?? '-', coordinate].join(' '),
  )
const outcomesOf = ({ answer }: Asked): string[] =>
  ((answer.extensions?.countries ?? []) as { country: string; reach: string; code: string | null }[]).map(
    ({ country, reach, code }) => `${country} ${reach} ${code}`,
  )

const PLAIN = callerOf(['case:read', 'person:read'], ['GT'])
const PROSECUTOR = 'c: case(id: "GT:1") { where: prosecutor }'
const DENIED = ['c.where UNAUTHORIZED_FIELD_OR_TYPE - Case.prosecutor']

describe('a field that no country lets the caller read', () => {
  it.each([
    ['under an alias', `{ ${PROSECUTOR} }`],
    ['in a named fragment', 'query { c: case(id: "GT:1") { ...F } } fragment F on Case { where: prosecutor }'],
    [
      'in nested fragments',
      '{ c: case(id: "GT:1") { ...F } } fragment F on Case { ...G } fragment G on Case { where: prosecutor }',
    ],
    ['in inline fragments', '{ c: case(id: "GT:1") { ... { ... on Case { where: prosecutor } } } }'],
    ['beside what is allowed', '{ c: case(id: "GT:1") { id where: prosecutor } }'],
    [
      'in two places of one name',
      '{ c: case(id: "GT:1") { where: prosecutor } ...Q } fragment Q on Query { c: case(id: "GT:1") { where: prosecutor } }',
    ],
    [
      'under an @include that is true',
      'query ($yes: Boolean = true) { c: case(id: "GT:1") { where: prosecutor @include(if: $yes) } }',
    ],
  ])('%s is null, has an error with its path, and is in no leg', async (_, source) => {
    const asked = await ask(source, PLAIN)
    expect(errorsOf(asked)).toEqual(DENIED)
    expect(asked.legs.filter(({ query }) => query.includes('prosecutor'))).toEqual([])
    expect(JSON.stringify(asked.answer)).not.toMatch(/case:officials|scope/)
  })

  it('and that @include leaves out is not an error', async () => {
    const asked = await ask(
      'query ($no: Boolean = false) { c: case(id: "GT:1") { id where: prosecutor @include(if: $no) } }',
      PLAIN,
    )
    expect(errorsOf(asked)).toEqual([])
  })

  it('leaves no leg to send if the operation asks for nothing else', async () => {
    const asked = await ask(`{ ${PROSECUTOR} }`, PLAIN)
    expect(asked.legs).toEqual([])
    expect(asked.answer.data).toBeNull()
  })

  it('is removed together with its variables and fragments', async () => {
    const source =
      'query ($n: Int) { c: case(id: "GT:1") { id ...F } } fragment F on Case { participants(first: $n) { edges { cursor } } }'
    const { legs } = await ask(source, callerOf(['case:read'], ['GT']))
    expect(legs[0]?.query).not.toMatch(/\$n|participants/)
  })

  it('is reported once, at its topmost field', async () => {
    const asked = await ask('{ c: case(id: "GT:1") { warrants { edges { node { id status } } } } }', PLAIN)
    expect(errorsOf(asked)).toEqual(['c.warrants UNAUTHORIZED_FIELD_OR_TYPE - Case.warrants'])
  })
})

describe('without a token', () => {
  it('the gateway asks only for the public law', async () => {
    const asked = await ask('{ statute(id: "GT:CP:1") { heading } case(id: "GT:1") { id } }', null)
    expect(asked.legs.map(({ domain }) => domain)).toEqual(['legal'])
    expect(errorsOf(asked)).toContain('case TOKEN_MISSING - Query.case')
  })

  it('introspection shows only the public law', async () => {
    const types = async (caller: Caller | null): Promise<string> =>
      JSON.stringify((await ask('{ __schema { types { name fields { name } } } }', caller)).answer.data)
    expect(await types(null)).toContain('Statute')
    expect(await types(null)).not.toMatch(/"Case"|"Person"|PersonSearch|WarrantStatus/)
    expect(await types(callerOf(['case:read'], ['GT']))).toContain('"court"')
    expect(await types(callerOf(['case:read'], ['GT']))).not.toContain('"names"')
  })
})

describe('a country', () => {
  it('that denies a field is not asked for it, but the others are', async () => {
    const asked = await ask(
      '{ cases(countries: ["GT", "HN"]) { edges { node { id prosecutor } } outcomes { country } } }',
    )
    const [gt, hn] = asked.legs
    expect([gt?.query.includes('prosecutor'), hn?.query.includes('prosecutor')]).toEqual([true, false])
    // No row shows the denial, so it is at the field.
    expect(errorsOf(asked)).toContain('cases FORBIDDEN_BY_COUNTRY HN Case.prosecutor')
  })

  it('that does not recognise the task force, or that the mandate does not name, is not asked', async () => {
    const asked = await ask('{ cases { edges { cursor } outcomes { country } } }')
    expect(asked.legs.map(({ country }) => country)).toEqual(['GT', 'HN'])
    expect(outcomesOf(asked)).toContain('SV DENIED TASK_FORCE_NOT_RECOGNISED')
    const narrow = await ask(
      '{ cases(countries: ["GT", "HN"]) { edges { cursor } outcomes { country } } }',
      callerOf(ALL, ['GT']),
    )
    expect(outcomesOf(narrow)).toContain('HN DENIED MANDATE_NOT_COVERED')
  })

  it('is asked for law without rules even if the mandate does not name it', async () => {
    const { legs } = await ask('{ statute(id: "SV:CP:1") { heading } }', callerOf(ALL, ['GT']))
    expect(legs.map(({ country }) => country)).toEqual(['SV'])
  })

  it('that denies a top field is reported once, at that field', async () => {
    const source =
      '{ person(id: "GT:1") { cases(countries: ["GT", "HN"]) { edges { node { narrative prosecutor } } outcomes { country } } } }'
    const asked = await ask(source)
    expect(errorsOf(asked).filter((error) => error.includes('HN'))).toEqual([
      'person.cases FORBIDDEN_BY_COUNTRY HN Person.cases',
    ])
  })

  it('decides a policy for itself', async () => {
    const asked = await ask('{ cases(countries: ["GT", "HN"]) { edges { node { narrative } } outcomes { country } } }')
    expect(asked.legs.map(({ country, rights }) => [country, rights?.policies])).toEqual([
      ['GT', ['narrative_release']],
      ['HN', []],
    ])
  })

  it.each([
    [
      'as a literal',
      '{ cases(countries: ["GT", "HN"], filter: { participant: "GT:1" }) { edges { cursor } outcomes { country } } }',
      {},
    ],
    [
      'in a variable',
      'query ($f: CaseFilter) { cases(countries: ["GT", "HN"], filter: $f) { edges { cursor } outcomes { country } } }',
      { f: { participant: 'GT:1' } },
    ],
  ])('is not asked where a filter %s would reveal what it denies', async (_, source, variables) => {
    const asked = await ask(source, undefined, { variables })
    expect(asked.legs.map(({ country }) => country)).toEqual(['GT'])
    expect(errorsOf(asked)).toContain('cases FORBIDDEN_BY_COUNTRY HN CaseFilter.participant')
    expect(outcomesOf(asked)).toContain('HN DENIED FORBIDDEN_BY_COUNTRY')
  })

  it('gets only the scopes of the caller that the leg needs', async () => {
    const { legs } = await ask('{ cases(countries: ["GT"]) { edges { node { court } } outcomes { country } } }')
    expect(legs[0]?.rights?.scopes).toEqual(['case:read'])
  })
})

describe('an issuer that names an agency of another country', () => {
  const members = [
    { issuer: 'GT', agencies: ['GT-MP'], purposes: ['INVESTIGATION' as const], scopes: ALL },
    { issuer: 'HN', agencies: ['HN-MP'], purposes: ['INVESTIGATION' as const], scopes: ['case:read'] },
  ]
  const taskForces = [{ id: 'jtf', notAfter: '2999-12-31', members }]
  const world = [aParticipant('GT', { access: { country: 'GT', taskForces, policies: createPolicySet('GT', '') } })]
  const source = '{ cases(countries: ["GT"]) { edges { node { court prosecutor } } outcomes { country reach code } } }'
  const askAs = (country: string, agency: string) =>
    ask(source, { ...callerOf(ALL, ['GT']), organisation: { country, agency } }, { world })

  it('is not recognised, and no leg is sent', async () => {
    const impostor = await askAs('HN', 'GT-MP')
    expect(impostor.legs).toEqual([])
    expect(outcomesOf(impostor)).toEqual(['GT DENIED TASK_FORCE_NOT_RECOGNISED'])
    expect((await askAs('GT', 'GT-MP')).legs).toHaveLength(1)
  })

  it('has no rights of another agency: its own agency has only its own scopes', async () => {
    const own = await askAs('HN', 'HN-MP')
    expect(errorsOf(own)).toEqual(['cases.edges UNAUTHORIZED_FIELD_OR_TYPE - Case.prosecutor'])
    expect(own.legs.map(({ rights }) => rights?.scopes)).toEqual([['case:read']])
    const other = await askAs('GT', 'GT-MP')
    expect(errorsOf(other)).toEqual([])
    expect(other.legs.map(({ rights }) => rights?.scopes.toSorted())).toEqual([['case:officials', 'case:read']])
  })
})

describe('rows of victims and witnesses', () => {
  const scopesOf = async (scopes: readonly string[]): Promise<unknown> =>
    (await ask('{ person(id: "GT:1") { sex } }', callerOf(scopes, ['GT']))).legs[0]?.rights

  it('are requested by the leg’s rights only if the caller may read them in that country', async () => {
    const all = { scopes: ['case:read', 'person:protected', 'person:read'], policies: ['protected_release'] }
    expect(await scopesOf(['case:read', 'person:read', 'person:protected'])).toEqual(all)
    expect(await scopesOf(['person:read'])).toEqual({ scopes: ['person:read'], policies: [] })
  })
})

describe('the mode', () => {
  it('reject sends no leg if anything is denied', async () => {
    const asked = await ask('{ c: case(id: "GT:1") { id where: prosecutor } }', PLAIN, { mode: 'reject' })
    expect(asked.legs).toEqual([])
    expect(asked.answer).toMatchObject({ status: 403, data: null })
    expect(errorsOf(asked)).toEqual(DENIED)
    const partly = await ask('{ cases(countries: ["GT", "HN"]) { edges { node { prosecutor } } } }', undefined, {
      mode: 'reject',
    })
    expect(errorsOf(partly)).toEqual(['cases.edges.node.prosecutor FORBIDDEN_BY_COUNTRY HN Case.prosecutor'])
    const whole = await ask('{ c: case(id: "GT:1") { id } }', PLAIN, { mode: 'reject' })
    expect(whole.legs).toHaveLength(1)
  })

  it('dry-run sends no leg, and lists what would be denied, where, and by which kind of rule', async () => {
    const source =
      '{ cases(countries: ["GT", "HN"], filter: { participant: "GT:1" }) { edges { node { where: prosecutor } } } }'
    const { legs, answer } = await ask(source, undefined, { context: { isDryRun: true } })
    expect(legs).toEqual([])
    expect(answer.extensions).toEqual({
      dryRun: {
        denied: [
          { path: ['cases', 'edges', 'node', 'where'], coordinate: 'Case.prosecutor', rule: 'SCOPES', country: 'HN' },
          { path: ['cases'], coordinate: 'CaseFilter.participant', rule: 'SCOPES', country: 'HN' },
        ],
      },
    })
  })
})

describe('grounds that were rejected', () => {
  const refused = new IstmoError('MANDATE_NOT_COVERED', 'the mandate ended')
  const context = { grounds: null, groundsRejected: refused }

  it('reject an operation that has a field with a rule', async () => {
    await expect(ask('{ case(id: "GT:1") { id } }', undefined, { context })).rejects.toBe(refused)
  })

  it('do not affect the public law', async () => {
    expect((await ask('{ statute(id: "GT:CP:1") { heading } }', undefined, { context })).legs).toHaveLength(1)
  })
})
