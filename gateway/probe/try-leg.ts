/** The leg of a probe: it reads no record, names nobody, and stands in the audit logs of both sides. */
import { parse } from 'graphql'
import { readTlogProof } from '../../audit/note/tlog-proof.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { NEVER_GONE } from '../../contract/hangup.ts'
import { ANSWERED } from '../../contract/outcome.ts'
import { NO_ROWS, PROBE_NAME, PROBE_QUERY, type ProbeStepResult, ROWS_HEADER } from '../../contract/probe.ts'
import { parseReceiptHeader, RECEIPT_HEADER } from '../../contract/receipt.ts'
import { createReceiptCheck } from '../audit-log/receipts.ts'
import { type AttemptOptions, askCountry, type SharedReading } from '../leg/ask-country.ts'
import { startLegClock } from '../leg/leg-clock.ts'
import { BadAnswer, LegEnded, ReceiptInvalid, RecordsUnavailable, RejectedByNode } from '../leg/leg-failures.ts'
import { toOutcome } from '../leg/leg-outcome.ts'
import { readClockDifference } from '../leg/read-answer.ts'
import type { Leg, RequestContext, RulesInForce, Trail } from '../types/flow.ts'
import type { Participant } from '../types/participant.ts'
import { codeOf, ok, unknown, wrong } from './step.ts'

/** What a probe's legs are sent with. */
export interface ProbeLegTools extends Pick<AttemptOptions, 'signLegToken'>, SharedReading {
  readonly now: () => number
}

/** Where one leg goes: a domain of a country that may not take part yet. */
export interface ProbedDomain {
  readonly participant: Participant
  readonly domain: string
  readonly endpoint: Leg['endpoint']
}

/** The answer of the node, as far as the steps behind the leg need it. */
interface NodeAnswer {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** The results of the steps `LEG`, `CLOCK`, `RECEIPT` and `RULES`. */
export interface TriedLeg {
  readonly steps: readonly ProbeStepResult[]
  /** Whether the node answered anything. */
  readonly hasAnswer: boolean
}

/** How long a probe's leg may take at most, in milliseconds, whatever else its country's file says. */
const LEG_MS = 10_000

/** Makes the request to which the legs of one probe belong. */
export function createProbeRequest(requestId: string, trail: Trail | undefined, graph: string): RequestContext {
  if (trail !== undefined) {
    trail.operation = { document: parse(PROBE_QUERY), name: PROBE_NAME, variables: {}, graph, rules: new Map() }
  }
  return {
    caller: null,
    grounds: null,
    groundsRejected: null,
    requestId,
    language: 'en',
    isDryRun: false,
    hangup: NEVER_GONE,
    deadlineAt: performance.now() + 6 * LEG_MS,
    ...(trail && { trail }),
  }
}

/**
 * Sends one leg, and reads from its answer what either side objects to. Never rejects.
 * @param rules the hashes of the country's rules by its file; null if they are not known.
 */
export async function tryLeg(
  tools: ProbeLegTools,
  { participant, domain, endpoint }: ProbedDomain,
  request: RequestContext,
  rules: RulesInForce | null,
): Promise<TriedLeg> {
  const { country, receipts } = participant
  const leg: Leg = {
    domain,
    country,
    query: PROBE_QUERY,
    variables: {},
    kind: 'query',
    rights: { scopes: [], policies: [] },
    endpoint: { ...endpoint, deadlineMs: Math.min(endpoint.deadlineMs, LEG_MS) },
  }
  let answer = null as NodeAnswer | null
  const options: AttemptOptions = {
    signLegToken: tools.signLegToken,
    checkReceipt: createReceiptCheck(() => receipts && { ...receipts, required: true }),
    expectsReceipt: () => receipts !== undefined,
    noteHeaders: (_, headers) => {
      answer = { headers }
    },
  }
  const clock = startLegClock(leg, request)
  const ended = await askCountry(options, tools, leg, request, clock).then(
    () => null,
    (error: unknown) => error ?? new Error('no reason'),
  )
  clock.stop()
  const outcome = ended === null ? ANSWERED : toOutcome(ended, clock)
  request.trail?.legs.push({ country, domain, outcome, leg })
  const steps = [
    judgeLeg(ended, clock.ending, answer),
    judgeClock(answer, tools.now()),
    judgeReceipt(ended, answer, receipts !== undefined),
    judgeRules(answer, rules),
  ]
  return { steps, hasAnswer: answer !== null }
}

function judgeLeg(error: unknown, ending: string | null, answer: NodeAnswer | null): ProbeStepResult {
  // A leg whose receipt does not hold was answered.
  if (error === null || error instanceof ReceiptInvalid) {
    const isEmpty = answer?.headers[ROWS_HEADER.toLowerCase()] === NO_ROWS
    return { ...ok('LEG', 'HTTP 200'), ...(isEmpty && { code: 'NO_ROWS' }) }
  }
  if (ending !== null || error instanceof LegEnded) return wrong('LEG', ending ?? 'LEG_DEADLINE', null)
  if (error instanceof RejectedByNode || error instanceof RecordsUnavailable)
    return wrong('LEG', error.code ?? 'REFUSED_BY_NODE', error.message)
  if (error instanceof BadAnswer) return wrong('LEG', 'BAD_ANSWER', error.message)
  return wrong('LEG', codeOf(error), null)
}

function judgeClock(answer: NodeAnswer | null, nowMs: number): ProbeStepResult {
  if (typeof answer?.headers.date !== 'string') return unknown('CLOCK', null)
  const ahead = readClockDifference(answer.headers.date, nowMs)
  return ahead === null ? ok('CLOCK', null) : wrong('CLOCK', 'CLOCKS_DIFFER', String(ahead))
}

function judgeReceipt(error: unknown, answer: NodeAnswer | null, isExpected: boolean): ProbeStepResult {
  if (error instanceof ReceiptInvalid) return wrong('RECEIPT', 'RECEIPT_INVALID', error.message)
  if (!isExpected || error !== null || answer === null) return unknown('RECEIPT', null)
  return ok('RECEIPT', null)
}

/** Compares the rules in the node's own entry, which were in force there, with those of the country's file. */
function judgeRules(answer: NodeAnswer | null, rules: RulesInForce | null): ProbeStepResult {
  const came = answer === null ? null : readRulesOfNode(answer.headers[RECEIPT_HEADER.toLowerCase()])
  if (came === null || rules === null) return unknown('RULES', null)
  if (came.policySet !== rules.policySet)
    return wrong('RULES', 'POLICIES_DIFFER', `${rules.policySet} ${came.policySet}`)
  if (came.access !== rules.access) return wrong('RULES', 'RULES_DIFFER', `${rules.access} ${came.access}`)
  return ok('RULES', rules.access)
}

function readRulesOfNode(header: string | string[] | undefined): RulesInForce | null {
  try {
    const text = typeof header === 'string' ? parseReceiptHeader(header) : undefined
    const extra = text === undefined ? undefined : readTlogProof(text).extra
    const entry = extra === undefined ? null : parseEntry(extra)
    if (entry?.kind !== 'leg' || entry.access === null || entry.policySet === null) return null
    return { access: entry.access, policySet: entry.policySet }
  } catch {
    return null
  }
}
