import { print } from 'graphql'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import type { Caller } from '../../contract/access-token.ts'
import { DOMAINS, isDomain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { createEngine, type Engine } from '../../gateway/pipeline/engine.ts'
import { OPEN_SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { aContext, anEndpoint, aParticipant, aTaskForce, aTaskForceCaller } from '../../gateway/testing.ts'
import type { EngineAnswer, Leg, RequestContext } from '../../gateway/types/flow.ts'
import type { Participant } from '../../gateway/types/participant.ts'
import type { AnswerNationally } from '../oracle/nation.ts'
import type { Operation } from '../oracle/operation.ts'
import type { Publishers } from '../oracle/rows.ts'
import { type RuleSet, withRules } from './random-rules.ts'

/** The access rules of one country in a test: the rules that it adds, the scopes that it recognises, and what its policies permit. */
export interface NationalRules {
  readonly own: RuleSet
  /** Null: the country does not recognise the task force. */
  readonly scopes: readonly string[] | null
  readonly policies: readonly string[]
}

/** An engine over countries with access rules. */
export interface GuardedEngine {
  readonly engine: Engine
  ask(
    operation: Operation,
    caller: Caller | null,
    answer: AnswerNationally,
  ): Promise<EngineAnswer & { readonly legs: readonly Leg[] }>
}

const PURPOSE = 'INVESTIGATION'

/** Makes a caller of the tests' task force, with a mandate for these countries. */
export function callerOf(scopes: readonly string[], countries: readonly string[]): Caller {
  return aTaskForceCaller(countries, { scopes })
}

/** Makes an engine whose graph has the floor's rules, and whose countries add their own. */
export function createGuardedEngine(
  publishers: Publishers,
  floor: RuleSet,
  national: Readonly<Record<string, NationalRules>>,
): GuardedEngine {
  const runs = new Map<string, { readonly answer: AnswerNationally; readonly legs: Leg[]; problem: unknown }>()
  let lastRun = 0
  const engine = createEngine({
    supergraphSdl: withRules(OPEN_SUPERGRAPH_SDL, floor),
    participants: Object.entries(publishers).map(([country, domains]) =>
      participant(country, domains, national[country]),
    ),
    subgraphDefaults: { deadlineMs: 60_000, maxAnswerBytes: 1_000_000 },
    async sendLeg(leg, { requestId }) {
      const run = runs.get(requestId)
      const { country, domain, query, variables } = leg
      if (!run || country === null || !isDomain(domain)) throw new Error('expected a leg of a run')
      run.legs.push(leg)
      try {
        const { data, errors = [] } = await run.answer({
          ...{ country, domain, query },
          variables: JSON.parse(JSON.stringify(variables)),
        })
        return { kind: 'answered', data, errors }
      } catch (problem) {
        run.problem ??= problem
        return { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } }
      }
    },
  })
  return {
    engine,
    async ask({ document, operationName, variables }, caller, answer) {
      const requestId = String(++lastRun)
      const run = { answer, legs: [] as Leg[], problem: undefined as unknown }
      runs.set(requestId, run)
      const request = { document, operationName, variables: { ...variables }, source: print(document) }
      const result = await engine.execute(request, contextOf(requestId, caller))
      runs.delete(requestId)
      if (run.problem !== undefined) throw run.problem
      return { ...result, legs: run.legs }
    },
  }
}

function contextOf(requestId: string, caller: Caller | null): RequestContext {
  const grounds = caller === null ? null : ({ purpose: PURPOSE } as const)
  return aContext({ requestId, caller, grounds, deadlineAt: performance.now() + 60_000 })
}

function participant(country: string, domains: readonly string[], rules: NationalRules | undefined): Participant {
  const { own = new Map(), scopes = null, policies = [] } = rules ?? {}
  const url = `http://${country.toLowerCase()}.invalid/`
  const endpoint = anEndpoint({ url, deadlineMs: 60_000, maxAnswerBytes: 1_000_000 })
  const taskForce = aTaskForce({ scopes: [...(scopes ?? []), 'never-used'] })
  const text = policies.map((name) => `@policy("${name}") permit(principal, action, resource);`).join('\n')
  return aParticipant(country, {
    domains: Object.fromEntries(
      DOMAINS.filter((domain) => domains.includes(domain)).map((domain) => [
        domain,
        { ...endpoint, ...(own.size > 0 ? { sdl: withRules(domainSdl(domain), own) } : {}) },
      ]),
    ),
    access: { country, taskForces: scopes === null ? [] : [taskForce], policies: createPolicySet(country, text) },
  })
}
