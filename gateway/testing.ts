import { closedAccess } from '../contract/access/country-access.ts'
import type { TaskForce } from '../contract/access/recognition.ts'
import { ANONYMOUS, OPEN } from '../contract/access/rule.ts'
import type { Caller } from '../contract/access-token.ts'
import { NEVER_GONE } from '../contract/hangup.ts'
import type { DomainView, Leg, LegAnswer, RequestContext, SubgraphError } from './types/flow.ts'
import type { Endpoint, Participant } from './types/participant.ts'

/** Builders for tests: each returns a complete, plain value, and a test sets only what it is about. */

/** A caller of Guatemala with no scopes, whose token ends far in the future. */
export function aCaller(over: Partial<Caller> = {}): Caller {
  return { issuer: 'https://id.gt.example', subject: 'one', scopes: [], expiresAt: 32_000_000_000, ...over }
}

/** A task force `jtf` that Guatemala's prosecutors may investigate for, with no scopes and no end. `over` overrides its only member. */
export function aTaskForce(over: Partial<TaskForce['members'][number]> = {}): TaskForce {
  const member = { issuer: 'GT', agencies: ['GT-MP'], purposes: ['INVESTIGATION' as const], scopes: [], ...over }
  return { id: 'jtf', notAfter: '2999-12-31', members: [member] }
}

/** A caller of {@link aTaskForce}, with a mandate over these countries. */
export function aTaskForceCaller(countries: readonly string[], over: Partial<Caller> = {}): Caller {
  return aCaller({
    organisation: { country: 'GT', agency: 'GT-MP' },
    mandate: {
      type: 'istmo_mandate',
      task_force: 'jtf',
      purposes: ['INVESTIGATION'],
      countries,
      not_after: '2999-12-31',
    },
    ...over,
  })
}

/** The context of an anonymous request whose client does not hang up and whose deadline never comes. */
export function aContext(over: Partial<RequestContext> = {}): RequestContext {
  return {
    requestId: '00000000-0000-4000-8000-000000000000',
    caller: null,
    grounds: null,
    groundsRejected: null,
    language: 'en',
    isDryRun: false,
    hangup: NEVER_GONE,
    deadlineAt: Number.MAX_VALUE,
    ...over,
  }
}

/** An endpoint where nobody listens, with the smallest limits. */
export function anEndpoint(over: Partial<Endpoint> = {}): Endpoint {
  return { url: 'http://127.0.0.1:1/', deadlineMs: 1, maxAnswerBytes: 1, ...over }
}

/** A participant that publishes all three domains at {@link anEndpoint} and recognises no task force. */
export function aParticipant(country: string, over: Partial<Participant> = {}): Participant {
  const endpoint = anEndpoint({ url: `http://${country.toLowerCase()}.invalid/` })
  return {
    country,
    name: { es: country, en: country },
    domains: { cases: endpoint, persons: endpoint, legal: endpoint },
    access: closedAccess(country),
    ...over,
  }
}

/** The view of a country that recognises the caller, in a domain without rules. */
export function aDomainView(over: Partial<DomainView> = {}): DomainView {
  return {
    notRecognised: null,
    isListed: true,
    rights: ANONYMOUS,
    ruleOf: () => OPEN,
    denialOf: () => null,
    revealedBy: () => [],
    isCacheable: () => true,
    ...over,
  }
}

/**
 * Offers the body of a subgraph's answer to a leg, as the leg room does (`Leg.takeBody`).
 * @returns what stands for the answer if the leg took its body, else the answer.
 */
export function offerBody(
  leg: Leg,
  answer: { readonly data: unknown; readonly errors: readonly SubgraphError[] },
): LegAnswer {
  const { data, errors } = answer
  const body = Buffer.from(JSON.stringify(errors.length > 0 ? { data, errors } : { data }))
  const isTaken = leg.takeBody?.(body, 50_000) === true
  return isTaken ? { kind: 'answered', data: null, errors: [], isTaken } : { kind: 'answered', data, errors }
}
