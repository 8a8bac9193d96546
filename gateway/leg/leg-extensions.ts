/** What a leg's body carries besides the GraphQL request (docs/design/trust.md, The question statement). */
import { LEG_EXTENSION, type LegExtensions } from '../../contract/trust/leg-extensions.ts'
import type { Leg, RequestContext } from '../types/flow.ts'
import { givenForLeg, questionOfLeg } from './leg-question.ts'

/** What a leg brings only to a node that says that it does not know it yet. */
export type Lacking = 'mandateProof' | 'document'

/** By the code with which a node says it. */
export const LACKING: ReadonlyMap<string, Lacking> = new Map([
  ['MANDATE_UNKNOWN', 'mandateProof'],
  ['DOCUMENT_UNKNOWN', 'document'],
])

/** What {@link writeLegExtensions} needs besides the leg and its request. */
interface ExtensionParts {
  readonly brought: ReadonlySet<Lacking>
  readonly proof: unknown
  readonly isNobody: boolean
}

/**
 * Writes the `extensions` of a leg: the signed question as this leg shows it, what other nodes signed of the ids that it asks about, and what the
 * node lacked.
 * @param proof the proof of the caller's mandate, if the gateway has it.
 * @param isNobody whether the leg does not say who asks. It then carries no question, because the question has the key of the caller's tool.
 * @returns undefined if there is nothing to carry.
 */
export function writeLegExtensions(
  leg: Leg,
  request: RequestContext,
  { origin }: URL,
  { brought, proof, isNobody }: ExtensionParts,
): Readonly<Record<string, LegExtensions>> | undefined {
  const question = isNobody ? undefined : request.question
  const statement = question === undefined ? null : questionOfLeg(question, leg)
  const given = question === undefined ? [] : givenForLeg(question, leg, origin)
  const mandateProof = brought.has('mandateProof') ? proof : undefined
  const carried: LegExtensions = {
    ...(statement !== null && { question: statement }),
    ...(question !== undefined && statement !== null && brought.has('document') && { document: question.document }),
    ...(statement !== null && given.length > 0 && { given: [...given] }),
    ...(mandateProof !== undefined && { mandateProof }),
  }
  return Object.keys(carried).length === 0 ? undefined : { [LEG_EXTENSION]: carried }
}
