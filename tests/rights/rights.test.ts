import fc from 'fast-check'
import { type GraphQLSchema, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { describe, expect, it } from 'vitest'
import { isDomain } from '../../contract/domain.ts'
import { SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import type { Leg } from '../../gateway/types/flow.ts'
import { createDice, type Dice } from '../oracle/dice.ts'
import { apiSchema } from '../oracle/federation.ts'
import { checkedDocument, domainSchema, nationsInMemory } from '../oracle/nation.ts'
import { questions } from '../oracle/question.ts'
import type { Publishers } from '../oracle/rows.ts'
import { firstSeed, PROPERTY_TIMEOUT_MS, runsOf } from '../oracle/runs.ts'
import { callerOf, createGuardedEngine, type GuardedEngine, type NationalRules } from './guarded-engine.ts'
import { maskAnswer } from './mask.ts'
import { type Holding, makeRules, mayRead, optionalFields, POLICIES, type RuleSet, SCOPES } from './random-rules.ts'

const API = apiSchema()
const { leaves, all } = optionalFields(API)
const TYPES = [
  'Case',
  'Warrant',
  'Participant',
  'Person',
  'PersonName',
  'Identification',
  'MutualLegalAssistanceRequest',
]
/** Fields that an argument would reveal: a rule on such a field removes more than the field. They are those of the contract's `@reveals`… */
const REVEALED_BY_CONTRACT = [...SUPERGRAPH_SDL.matchAll(/@reveals\(field: "([\w.]+)"\)/g)].map(
  ([, field = '']) => field,
)
/** …and those whose arguments the contract does not guard, but a country may (contract/access/national-rules.ts). */
const REVEALED = new Set([
  ...REVEALED_BY_CONTRACT,
  ...['Participant.role', 'Warrant.issuedOn', 'Warrant.status', 'Warrant.category', 'Warrant.subject'],
  ...['MutualLegalAssistanceRequest.status', 'MutualLegalAssistanceRequest.requestedCountry'],
  ...['MutualLegalAssistanceRequest.case', 'MutualLegalAssistanceRequest.concerns'],
])
/** What the matched name of a search shows. A country's rules on these hold for it too. */
const SHOWN_NAME = [
  ['Person', 'names'],
  ['PersonName', 'full'],
] as const
const PUBLISHERS: Publishers = {
  GT: ['cases', 'persons', 'legal'],
  HN: ['cases', 'persons', 'legal'],
  SV: ['cases', 'persons'],
  UN: ['legal'],
}
const COUNTRIES = Object.keys(PUBLISHERS)
/** How many operations run for each set of rules, because loading a graph takes longer than many operations. */
const QUESTIONS_PER_GRAPH = 20

interface Guarded {
  readonly floor: RuleSet
  readonly national: Readonly<Record<string, NationalRules>>
  readonly guarded: GuardedEngine
}

/** Where rules are: on any field and type; on leaves that no argument reveals; on such leaves, with equal rules in all countries. */
type Kind = 'ANY' | 'LEAVES' | 'EQUAL'

function makeGuarded(dice: Dice, kind: Kind): Guarded {
  const quiet = leaves.filter((leaf) => !REVEALED.has(leaf))
  const isEqual = kind === 'EQUAL'
  const floor = makeRules(dice, kind === 'ANY' ? [...all, ...TYPES] : quiet, kind === 'ANY' ? 5 : 3)
  const policies = dice.subset([...POLICIES])
  const national = Object.fromEntries(
    COUNTRIES.map((country): [string, NationalRules] => [
      country,
      isEqual
        ? { own: new Map(), scopes: [...SCOPES], policies }
        : {
            own: dice.oneIn(2) ? makeRules(dice, kind === 'ANY' ? all : quiet, 8) : new Map(),
            // A country that does not recognise the caller sends no rows, and then the gateway asks no country about them.
            scopes: kind === 'ANY' && dice.oneIn(6) ? null : dice.subset([...SCOPES]),
            policies: dice.subset([...POLICIES]),
          },
    ]),
  )
  return { floor, national, guarded: createGuardedEngine(PUBLISHERS, floor, national) }
}

const guardedBySeed = new Map<string, Guarded>()

function guardedOf(seed: number, kind: Kind): Guarded {
  const key = `${seed} ${kind}`
  let cached = guardedBySeed.get(key)
  if (cached === undefined) {
    let state = seed * 2_654_435_761 + 1
    const next = (): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return state
    }
    cached = makeGuarded(
      createDice((min, max) => min + (next() % (max - min + 1))),
      kind,
    )
    if (guardedBySeed.size > 8) guardedBySeed.clear()
    guardedBySeed.set(key, cached)
  }
  return cached
}

/** Returns the caller's rights in a country; null if the country does not recognise the caller. */
function holdingIn({ scopes, policies }: NationalRules, token: readonly string[]): Holding | null {
  return scopes === null ? null : { scopes: token.filter((scope) => scopes.includes(scope)), policies }
}

/** Lists each field that a leg asks for, without gateway keys. */
function askedFields(leg: Leg, schema: GraphQLSchema): [string, string][] {
  const typeInfo = new TypeInfo(schema)
  const found: [string, string][] = []
  visit(
    parse(leg.query),
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        const isGatewayKey =
          /^_i\d*_?(?!A_)/.test(node.alias?.value ?? '') && !/^_i(\d+_)?A_/.test(node.alias?.value ?? '')
        const parent = typeInfo.getParentType()?.name ?? ''
        if (!isGatewayKey && node.name.value !== '_entities') found.push([parent, node.name.value])
      },
    }),
  )
  return found
}

/** Lists `country type field` of each leaf that a leg asks for. */
function leavesAsked(leg: Leg): string[] {
  if (!isDomain(leg.domain)) throw new Error('expected a domain')
  return askedFields(leg, domainSchema(leg.domain))
    .filter((field) => leaves.includes(field.join('.')))
    .map((field) => [leg.country, ...field].join(' '))
}

const tokens = fc.subarray([...SCOPES])
let asked = 0
const graphSeed = (seed: number): number => seed + Math.floor(asked++ / QUESTIONS_PER_GRAPH)

describe('rights', () => {
  it(
    'ask no country for a field that its rules deny to the caller',
    async () => {
      const base = firstSeed()
      let refused = 0
      await fc.assert(
        fc.asyncProperty(
          questions(API, [PUBLISHERS]),
          tokens,
          fc.boolean(),
          async ({ world, asked: operation }, token, isKnown) => {
            const { floor, national, guarded } = guardedOf(graphSeed(base), 'ANY')
            const caller = isKnown ? callerOf(token, COUNTRIES) : null
            const { legs, errors = [] } = await guarded.ask(operation, caller, nationsInMemory(world.rows))
            refused += errors.length
            for (const leg of legs) {
              const country = leg.country ?? ''
              const rules = national[country]
              if (!rules || !isDomain(leg.domain)) throw new Error('expected a country')
              checkedDocument({ country, domain: leg.domain, query: leg.query, variables: leg.variables })
              const holding = caller === null ? null : holdingIn(rules, token)
              for (const [typeName, fieldName] of askedFields(leg, domainSchema(leg.domain))) {
                const isAllowed = mayRead(API, [floor, rules.own], holding, typeName, fieldName)
                expect(isAllowed, `${country} is asked ${typeName}.${fieldName}\n${leg.query}`).toBe(true)
              }
              const { scopes = [], policies = [] } = leg.rights ?? {}
              expect(scopes.filter((scope) => !holding?.scopes.includes(scope))).toEqual([])
              expect(policies.filter((policy) => !holding?.policies.includes(policy))).toEqual([])
            }
          },
        ),
        runsOf(0.5),
      )
      expect(refused).toBeGreaterThan(0)
    },
    PROPERTY_TIMEOUT_MS,
  )

  it(
    'answer all that is allowed: the complete answer without what is denied',
    async () => {
      const base = firstSeed()
      const open = createGuardedEngine(PUBLISHERS, new Map(), {})
      await fc.assert(
        fc.asyncProperty(questions(API, [PUBLISHERS]), tokens, async ({ world, asked: operation }, token) => {
          const { floor, national, guarded } = guardedOf(graphSeed(base), 'EQUAL')
          const policies = national.GT?.policies ?? []
          const denied = new Set(
            leaves.filter((leaf) => {
              const [typeName = '', fieldName = ''] = leaf.split('.')
              return !mayRead(API, [floor], { scopes: token, policies }, typeName, fieldName)
            }),
          )
          const nations = nationsInMemory(world.rows)
          const complete = await open.ask(operation, null, nations)
          const answer = await guarded.ask(operation, callerOf(token, COUNTRIES), nations)
          const expected = maskAnswer(API, operation, complete.data, denied)
          expect(JSON.stringify(answer.data, null, 1)).toBe(JSON.stringify(expected, null, 1))
        }),
        runsOf(0.5),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )

  it(
    'ask each country for all that it allows, whatever others deny',
    async () => {
      const base = firstSeed()
      const open = createGuardedEngine(PUBLISHERS, new Map(), {})
      await fc.assert(
        fc.asyncProperty(questions(API, [PUBLISHERS]), tokens, async ({ world, asked: operation }, token) => {
          const { floor, national, guarded } = guardedOf(graphSeed(base), 'LEAVES')
          const nations = nationsInMemory(world.rows)
          const complete = await open.ask(operation, null, nations)
          const answer = await guarded.ask(operation, callerOf(token, COUNTRIES), nations)
          const asked = new Set(answer.legs.flatMap(leavesAsked))
          for (const leaf of complete.legs.flatMap(leavesAsked)) {
            const [country = '', typeName = '', fieldName = ''] = leaf.split(' ')
            const rules = national[country]
            const holding = rules && holdingIn(rules, token)
            if (!rules || !holding || !mayRead(API, [floor, rules.own], holding, typeName, fieldName)) continue
            const shown = fieldName === 'matchedName' ? SHOWN_NAME : []
            if (!shown.every(([type, field]) => mayRead(API, [rules.own], holding, type, field))) continue
            expect(asked.has(leaf), `${leaf} is allowed, but no leg asks for it`).toBe(true)
          }
        }),
        runsOf(0.3),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )

  it(
    'of two callers at the same time are never mixed up',
    async () => {
      const base = firstSeed()
      await fc.assert(
        fc.asyncProperty(
          questions(API, [PUBLISHERS]),
          tokens,
          tokens,
          async ({ world, asked: operation }, one, other) => {
            const { guarded } = guardedOf(graphSeed(base), 'ANY')
            const nations = nationsInMemory(world.rows)
            const ask = (token: readonly string[]) => guarded.ask(operation, callerOf(token, COUNTRIES), nations)
            const alone = [await ask(one), await ask(other)]
            const atOnce = await Promise.all([ask(one), ask(other), ask(one), ask(other)])
            const seen = (answer: (typeof alone)[number] | undefined): unknown =>
              answer && { data: answer.data, errors: answer.errors, legs: answer.legs.map(({ query }) => query).sort() }
            expect(atOnce.map(seen)).toEqual([...alone, ...alone].map(seen))
          },
        ),
        runsOf(0.1),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})
