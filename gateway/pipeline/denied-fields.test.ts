import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import type { DenialKind } from '../../contract/access/rule.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { withRules } from '../../tests/rights/random-rules.ts'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aContext, anEndpoint, aParticipant, aTaskForce, aTaskForceCaller } from '../testing.ts'
import type { EngineAnswer, Leg } from '../types/flow.ts'
import { createEngine } from './engine.ts'

const KINDS = ['AUTHENTICATED', 'SCOPES', 'POLICY'] as const
const MODES = ['filter', 'reject', 'dry-run'] as const

/** A rule of each kind, as a country's own SDL writes it on `Case.narrative`. */
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
    'has a rule of kind %s, and %s of the countries deny it, is treated correctly in mode %s',
    async (kind, who, mode) => {
      const { answer, requested } = await request(kind, who, mode)
      expect(requested).toEqual(expectedLegs(who, mode))
      expect({ status: answer.status ?? 200, denied: deniedIn(answer) }).toEqual(expectedAnswer(kind, who, mode))
    },
  )
})

/** Returns the countries that get a leg, and those whose leg contains the narrative. */
function expectedLegs(who: Who, mode: (typeof MODES)[number]): { legs: string[]; narrative: string[] } {
  if (mode === 'dry-run' || (mode === 'reject' && who !== 'none')) return { legs: [], narrative: [] }
  const denying: readonly string[] = DENYING[who]
  return { legs: ['GT', 'HN'], narrative: ['GT', 'HN'].filter((country) => !denying.includes(country)) }
}

function expectedAnswer(kind: DenialKind, who: Who, mode: (typeof MODES)[number]): object {
  const denied = {
    all: [[kind === 'AUTHENTICATED' ? 'TOKEN_MISSING' : 'UNAUTHORIZED_FIELD_OR_TYPE', null]],
    some: [['FORBIDDEN_BY_COUNTRY', 'HN']],
    none: [],
  }[who]
  if (mode === 'dry-run') return { status: 200, denied: denied.map(([, country]) => [kind, country]) }
  return { status: mode === 'reject' && who !== 'none' ? 403 : 200, denied }
}

/** Returns the code (in a dry run, the kind) and the country of each denial of the narrative that the answer reports. */
function deniedIn({ errors = [], extensions }: EngineAnswer): unknown[] {
  const { denied = [] } = (extensions?.dryRun ?? {}) as { denied?: { rule: string; country?: string; path: unknown }[] }
  for (const { path } of denied) expect(path).toEqual(PLACE)
  const reported = errors.filter(({ extensions: { coordinate } = {} }) => coordinate === 'Case.narrative')
  return [
    ...reported.map(({ extensions: { code, country = null } = {} }) => [code, country]),
    ...denied.map(({ rule, country = null }) => [rule, country]),
  ]
}

async function request(kind: DenialKind, who: Who, mode: (typeof MODES)[number]) {
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
  // A caller with a token is authenticated, so a rule of that kind denies only a caller without one.
  const caller = kind === 'AUTHENTICATED' ? null : aTaskForceCaller(['GT', 'HN'], { scopes: ['court:other'] })
  const grounds = caller && { purpose: 'INVESTIGATION' as const }
  const operation = { document: parse(SOURCE), source: SOURCE, operationName: undefined, variables: {} }
  const answer = await engine.execute(operation, aContext({ caller, grounds, isDryRun: mode === 'dry-run' }))
  const narrative = legs.filter(({ query }) => query.includes('narrative')).map(({ country }) => country)
  return { answer, requested: { legs: legs.map(({ country }) => country), narrative } }
}

/** Makes a country that recognises the caller. It denies the narrative if `denies`. */
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
