import fc from 'fast-check'
import { parse } from 'graphql'
import { expect, it } from 'vitest'
import type { CountryAccess } from '../../contract/access/country-access.ts'
import { readNationalRules } from '../../contract/access/national-rules.ts'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import type { Caller } from '../../contract/access-token.ts'
import { isDomain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import { narrowMandate } from '../../gateway/leg/leg-token.ts'
import type { Leg } from '../../gateway/types/flow.ts'
import { createGuard, type LegRejection } from '../../subgraphs/kit/guard.ts'
import { createLegRecognition } from '../../subgraphs/kit/leg-recognition.ts'
import { createDice, type Dice } from '../oracle/dice.ts'
import { apiSchema } from '../oracle/federation.ts'
import { domainSchema, nationsInMemory } from '../oracle/nation.ts'
import { questions } from '../oracle/question.ts'
import type { Publishers } from '../oracle/rows.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from '../oracle/runs.ts'
import { callerOf, createGuardedEngine, type NationalRules } from '../rights/guarded-engine.ts'
import { makeRules, optionalFields, POLICIES, type RuleSet, SCOPES, withRules } from '../rights/random-rules.ts'

/**
 * The gateway and the country decide alike: a node with the same rules rejects no leg of a gateway that keeps to them, whatever the
 * rules, the caller and the operation are.
 */

const API = apiSchema()
const { all } = optionalFields(API)
const PUBLISHERS: Publishers = { GT: ['cases', 'persons', 'legal'], HN: ['cases', 'persons', 'legal'], UN: ['legal'] }
const COUNTRIES = Object.keys(PUBLISHERS)
/** The number of graphs is small because loading one costs more than many operations. */
const GRAPHS = 12

interface Ruled {
  readonly floor: RuleSet
  readonly national: Readonly<Record<string, NationalRules>>
  readonly engine: ReturnType<typeof createGuardedEngine>
}

function makeRuled(dice: Dice): Ruled {
  const floor = makeRules(dice, [...all, 'Case', 'Person', 'Warrant', 'Participant', 'PersonName'], 5)
  const national = Object.fromEntries(
    COUNTRIES.map((country): [string, NationalRules] => [
      country,
      {
        own: dice.oneIn(2) ? makeRules(dice, all, 8) : new Map(),
        scopes: dice.oneIn(6) ? null : dice.subset([...SCOPES]),
        policies: dice.subset([...POLICIES]),
      },
    ]),
  )
  return { floor, national, engine: createGuardedEngine(PUBLISHERS, floor, national) }
}

/** How the node of a leg's country decides it, with a token as the gateway signs it. */
function rejectionOfNode({ floor, national }: Ruled, leg: Leg, caller: Caller | null): LegRejection | null {
  const country = leg.country ?? ''
  const rules = national[country]
  if (!rules || !isDomain(leg.domain)) throw new Error('expected a leg to a country')
  const ruled = (set: RuleSet) => parse(withRules(domainSdl(leg.domain as 'cases'), set))
  const own = rules.own.size > 0 ? readNationalRules(ruled(rules.own)) : null
  const guard = createGuard(domainSchema(leg.domain), { floor: readRuleTable(ruled(floor)), own })
  const { recognition } = createLegRecognition(accessOf(country, rules), Date.now)(claimsOf(leg, caller))
  const request = { document: parse(leg.query), variables: leg.variables, operationName: undefined }
  return guard(request, recognition)
}

function accessOf(country: string, { scopes, policies }: NationalRules): CountryAccess {
  const text = policies.map((name) => `@policy("${name}") permit(principal, action, resource);`).join('\n')
  const member = {
    issuer: 'GT',
    agencies: ['GT-MP'],
    purposes: ['INVESTIGATION' as const],
    scopes: [...(scopes ?? []), 'never-used'],
  }
  const taskForce = { id: 'jtf', notAfter: '2999-12-31', members: [member] }
  return { country, taskForces: scopes === null ? [] : [taskForce], policies: createPolicySet(country, text) }
}

function claimsOf(leg: Leg, caller: Caller | null): LegClaims {
  const { scopes = [], policies = [] } = leg.rights ?? {}
  const base = { iss: 'istmo', aud: leg.country ?? '', iat: 0, exp: 60, jti: 'j', act: { sub: 'istmo' }, op: '' }
  if (caller?.organisation === undefined || caller.mandate === undefined)
    return { ...base, sub: 'anonymous', scope: '' }
  return {
    ...base,
    sub: caller.subject,
    caller_iss: caller.issuer,
    org: caller.organisation,
    ...narrowMandate(caller.mandate, { purpose: 'INVESTIGATION' }, leg.country ?? '', []),
    scope: scopes.join(' '),
    policies: policies.join(' '),
  }
}

it(
  'a node rejects no leg of a gateway with the same rules',
  async () => {
    const graphs = fc.sample(fc.array(fc.nat(), { minLength: 4_000, maxLength: 4_000 }), GRAPHS).map((numbers) => {
      let at = 0
      return makeRuled(createDice((min, max) => min + ((numbers[at++ % numbers.length] ?? 0) % (max - min + 1))))
    })
    let legsSeen = 0
    await fc.assert(
      fc.asyncProperty(
        questions(API, [PUBLISHERS]),
        fc.nat(GRAPHS - 1),
        fc.option(fc.subarray([...SCOPES])),
        async ({ world, asked }, index, token) => {
          const ruled = graphs[index]
          if (ruled === undefined) throw new Error('expected a graph')
          const caller = token === null ? null : callerOf(token, COUNTRIES)
          const { legs } = await ruled.engine.ask(asked, caller, nationsInMemory(world.rows))
          for (const leg of legs) {
            legsSeen += 1
            expect(rejectionOfNode(ruled, leg, caller), `${leg.country} ${leg.domain}\n${leg.query}`).toBeNull()
          }
        },
      ),
      runsOf(0.5),
    )
    expect(legsSeen).toBeGreaterThan(0)
  },
  PROPERTY_TIMEOUT_MS,
)
