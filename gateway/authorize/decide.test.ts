import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { ANONYMOUS, type DenialKind, OPEN, type Rule } from '../../contract/access/rule.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { withRules } from '../../tests/rights/random-rules.ts'
import { createEngine } from '../pipeline/engine.ts'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aContext, anEndpoint, aParticipant, aTaskForce, aTaskForceCaller } from '../testing.ts'
import type { DomainView, EngineAnswer, Leg } from '../types/flow.ts'
import type { FieldUse } from '../types/operation.ts'
import { type CountryDomain, decideOperation } from './decide.ts'

const KINDS = ['AUTHENTICATED', 'SCOPES', 'POLICY'] as const
const MODES = ['filter', 'reject', 'dry-run'] as const

/** The rule on `Case.narrative` of each kind, as a country's own SDL writes it. */
const DIRECTIVES = {
  AUTHENTICATED: '@authenticated',
  SCOPES: '@requiresScopes(scopes: [["court:read"]])',
  POLICY: '@policy(policies: [["court_release"]])',
}
/** The countries that deny `Case.narrative`, out of the two that recognise the caller. */
const DENYING = { all: ['GT', 'HN'], some: ['HN'], none: [] } as const
type Who = keyof typeof DENYING

const SOURCE = '{ cases { edges { node { narrative id } } } }'
const PLACE = ['cases', 'edges', 'node', 'narrative']

describe('a field that', () => {
  const rows = KINDS.flatMap((kind) =>
    MODES.flatMap((mode) => (['all', 'some', 'none'] as const).map((who) => [kind, who, mode] as const)),
  )

  it.each(rows)(
    'has a rule of kind %s that %s of the countries deny the caller is treated right in mode %s',
    async (kind, who, mode) => {
      const { answer, asked } = await ask(kind, who, mode)
      expect(asked).toEqual(expectedLegs(who, mode))
      expect({ status: answer.status ?? 200, denied: deniedIn(answer) }).toEqual(expectedAnswer(kind, who, mode))
    },
  )
})

/** The countries that got a leg, and those that were asked for the narrative. */
function expectedLegs(who: Who, mode: (typeof MODES)[number]): { legs: string[]; narrative: string[] } {
  if (mode === 'dry-run' || (mode === 'reject' && who !== 'none')) return { legs: [], narrative: [] }
  const denying: readonly string[] = DENYING[who]
  return { legs: ['GT', 'HN'], narrative: ['GT', 'HN'].filter((country) => !denying.includes(country)) }
}

function expectedAnswer(kind: DenialKind, who: Who, mode: (typeof MODES)[number]): object {
  const denied = {
    all: [['UNAUTHORIZED_FIELD_OR_TYPE', null]],
    some: [['FORBIDDEN_BY_COUNTRY', 'HN']],
    none: [],
  }[who]
  if (mode === 'dry-run') return { status: 200, denied: denied.map(([, country]) => [kind, country]) }
  return { status: mode === 'reject' && who !== 'none' ? 403 : 200, denied }
}

/** Code, or kind in a dry run, and country of each denial of the narrative that the answer tells. */
function deniedIn({ errors = [], extensions }: EngineAnswer): unknown[] {
  const { denied = [] } = (extensions?.dryRun ?? {}) as { denied?: { rule: string; country?: string; path: unknown }[] }
  for (const { path } of denied) expect(path).toEqual(PLACE)
  const told = errors.filter(({ extensions: { coordinate } = {} }) => coordinate === 'Case.narrative')
  return [
    ...told.map(({ extensions: { code, country = null } = {} }) => [code, country]),
    ...denied.map(({ rule, country = null }) => [rule, country]),
  ]
}

async function ask(kind: DenialKind, who: Who, mode: (typeof MODES)[number]) {
  const legs: Leg[] = []
  const engine = createEngine({
    supergraphSdl: OPEN_SUPERGRAPH_SDL,
    participants: ['GT', 'HN'].map((country) =>
      guarded(
        country,
        kind,
        DENYING[who].some((one) => one === country),
      ),
    ),
    subgraphDefaults: anEndpoint(),
    ...(mode === 'dry-run' ? {} : { mode }),
    async sendLeg(leg) {
      legs.push(leg)
      return { kind: 'answered', data: { cases: { edges: [], _iP: { _in: false, _ib: false } } }, errors: [] }
    },
  })
  // Whoever shows a token is authenticated, so only a caller without one is denied by that kind.
  const caller = kind === 'AUTHENTICATED' ? null : aTaskForceCaller(['GT', 'HN'], { scopes: ['court:other'] })
  const grounds = caller && { purpose: 'INVESTIGATION' as const }
  const request = { document: parse(SOURCE), source: SOURCE, operationName: undefined, variables: {} }
  const answer = await engine.execute(request, aContext({ caller, grounds, isDryRun: mode === 'dry-run' }))
  const narrative = legs.filter(({ query }) => query.includes('narrative')).map(({ country }) => country)
  return { answer, asked: { legs: legs.map(({ country }) => country), narrative } }
}

/** A country that recognises the caller, and denies it the narrative or does not. */
function guarded(country: string, kind: DenialKind, denies: boolean) {
  const { domains } = aParticipant(country)
  const sdl = withRules(domainSdl('cases'), new Map(denies ? [['Case.narrative', [DIRECTIVES[kind]]]] : []))
  return aParticipant(country, {
    domains: { ...domains, cases: { ...anEndpoint(), sdl } },
    access: {
      country,
      taskForces: [aTaskForce({ scopes: ['court:read', 'court:other'] })],
      policies: createPolicySet(country, ''),
    },
  })
}

describe('a decision', () => {
  const RULED: Rule = { ...OPEN, policies: [[['release']]] }

  it('holds for the same caller again', () => {
    const { isCacheable } = decide([country('GT', 'POLICY'), country('HN', null)])
    expect(isCacheable).toBe(true)
  })

  it('does not hold again where one country’s policy reads the time', () => {
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

  it('leaves a field to the legs where no country recognises the caller', () => {
    const { decision } = decide([country('GT', 'POLICY', { notRecognised: 'MANDATE_NOT_COVERED' })])
    expect(decision).toMatchObject({ denials: [], partialDenials: [], isRuled: true })
  })

  it('tells a denied field once, and nothing of what stands below it', () => {
    const parent = use('case')
    const { decision } = decide([country('GT', 'SCOPES')], [parent, { ...use('court'), parent }])
    expect(decision.denials.map(({ coordinate }) => coordinate)).toEqual(['Case.case'])
    expect([...decision.removedFields]).toEqual(['Case.case', 'Case.court'])
  })

  function country(code: string, denial: DenialKind | null, over: Partial<DomainView> = {}): CountryDomain {
    const view: DomainView = {
      notRecognised: null,
      rights: ANONYMOUS,
      ruleOf: () => RULED,
      denialOf: () => denial,
      revealedBy: () => [],
      isCacheable: () => true,
      ...over,
    }
    return { country: code, publishes: () => true, view }
  }

  function use(fieldName: string): FieldUse {
    const node = { kind: 'Field', name: { kind: 'Name', value: fieldName } } as FieldUse['node']
    return { typeName: 'Case', fieldName, path: [fieldName], node, definition: undefined, parent: null }
  }

  function decide(countries: readonly CountryDomain[], uses: readonly FieldUse[] = [use('court')]) {
    return decideOperation(
      { uses, outKey: (key) => key, normalised: parse('{ court }') as never },
      { sourcesOf: () => ({ countries, plain: null }) },
    )
  }
})
