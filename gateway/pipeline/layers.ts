/**
 * Ordered lists of what surrounds an operation and a leg, and the layers that belong to no other room. `gateway/main.ts` has one list for the life of a
 * request and one for the life of a leg: each reads from the outermost layer to the innermost, like the picture in ARCHITECTURE.md.
 */
import { getOperationAST } from 'graphql'
import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, RequestContext, SendLeg, TrailOperation } from '../types/flow.ts'
import type { Participant, SuspendedNow } from '../types/participant.ts'
import type { Engine } from './engine.ts'

/** A function that surrounds a step with something that happens before it, after it, or in its place. */
export type Layer<Step> = (next: Step) => Step

/**
 * Builds one step out of layers and the step that they surround.
 * @param layers from the outermost to the innermost; null for a layer that the settings turn off.
 * @param innermost the step that does the work.
 */
export function applyLayers<Step>(layers: readonly (Layer<Step> | null)[], innermost: Step): Step {
  return layers.reduceRight((next, layer) => (layer === null ? next : layer(next)), innermost)
}

/** Puts the evidence of a request into its answer, as `extensions.istmo.evidence` (docs/design/trust.md, Evidence). */
export function attachEvidence(): Layer<Engine> {
  return (engine) => ({
    ...engine,
    async execute(request, context) {
      const answer = await engine.execute(request, context)
      if (context.evidence === undefined) return answer
      return { ...answer, extensions: { ...answer.extensions, istmo: { evidence: context.evidence.list() } } }
    },
  })
}

/** What the trail of an operation says about the graph that answers it. */
export type GraphInForce = Pick<TrailOperation, 'graph' | 'rules'>

/** What {@link recordOperations} works with. */
export interface OperationRecording {
  readonly graph: () => GraphInForce
  /** Whether the audit log lacks a quorum of witnesses at this moment. */
  readonly isUnwitnessed: () => boolean
  /**
   * Whether a text is one of the trusted documents. Only the names of their operations are recorded: anybody else may name an operation after
   * a person.
   */
  readonly isTrusted: (source: string) => boolean
}

/**
 * Notes each operation and the codes of its errors in the request's trail, from which the audit log's entry is made. An answer says
 * `extensions.record: "UNWITNESSED"` while the audit log has no quorum of witnesses.
 */
export function recordOperations({ graph, isUnwitnessed, isTrusted }: OperationRecording): Layer<Engine> {
  return (engine) => ({
    ...engine,
    async execute(request, context) {
      const { document, operationName, variables, source } = request
      const { trail } = context
      if (trail) {
        const name = isTrusted(source) ? getOperationAST(document, operationName)?.name?.value : undefined
        trail.operation = { document, name, variables, ...graph() }
      }
      const answer = await engine.execute(request, context)
      if (trail) trail.codes = (answer.errors ?? []).map(({ extensions }) => String(extensions?.code))
      if (!isUnwitnessed()) return answer
      return { ...answer, extensions: { ...answer.extensions, record: 'UNWITNESSED' } }
    },
  })
}

/** Collects the evidence of each leg. It is the outermost layer: only it sees what the other layers let through. */
export function collectEvidence(): Layer<SendLeg> {
  return (sendLeg) => (leg, request) => {
    const { evidence } = request
    if (evidence === undefined) return sendLeg(leg, request)
    return sendLeg(leg, request).then((answer) => {
      if (answer.kind === 'answered' && leg.country !== null) evidence.add(answer.evidence)
      return answer
    })
  }
}

/**
 * Holds back the legs of requests that are in progress when a country becomes unavailable. Later requests make no legs to it (spread).
 * @param participantOf returns the settings of a country that are in force when the leg would be sent.
 * @param suspended what is suspended then.
 */
export function holdUnavailableLegs(
  participantOf: (country: string) => Participant | undefined,
  suspended?: Pick<SuspendedNow, 'outcomeOf'>,
): Layer<SendLeg> {
  const findOutcome = (country: string, { domain }: Leg, { caller }: RequestContext): Outcome | null => {
    const unavailable = participantOf(country)?.unavailable
    if (unavailable !== undefined) return { reach: 'UNAVAILABLE', code: unavailable.code }
    return suspended?.outcomeOf(country, domain, caller) ?? null
  }
  return (sendLeg) => (leg, request) => {
    const outcome = leg.country === null ? null : findOutcome(leg.country, leg, request)
    return outcome === null ? sendLeg(leg, request) : Promise.resolve({ kind: 'failed', outcome })
  }
}

/**
 * Holds back the legs to a country if the audit log has lacked a quorum of witnesses for longer than the country's file allows. The
 * outcome is then UNAVAILABLE with the code UNWITNESSED.
 * @param unwitnessedMs how long the audit log has had no quorum, in milliseconds; 0 while it has one.
 */
export function holdUnwitnessedLegs(
  unwitnessedMs: () => number,
  participantOf: (country: string) => Participant | undefined,
): Layer<SendLeg> {
  return (sendLeg) => (leg, request) => {
    const withoutQuorumMs = unwitnessedMs()
    if (withoutQuorumMs > 0 && leg.country !== null) {
      const refuseAfterMs = participantOf(leg.country)?.refuseUnwitnessedAfterMs
      if (refuseAfterMs !== undefined && withoutQuorumMs > refuseAfterMs) {
        return Promise.resolve({ kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'UNWITNESSED' } })
      }
    }
    return sendLeg(leg, request)
  }
}
