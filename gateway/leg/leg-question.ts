/** What a leg's body carries besides the GraphQL request (docs/design/trust.md, The question statement). */
import { LEG_EXTENSION, type LegExtensions } from '../../contract/trust/leg-extensions.ts'
import { showQuestion } from '../../contract/trust/question-statement.ts'
import type { Leg, RequestContext } from '../types/flow.ts'
import type { SignedQuestion, VariableTrace } from '../types/question.ts'

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

/**
 * Writes the statement of a signed question for one leg, with only what this leg carries: the country, the case if the country's rules read
 * it, and the variables whose values the leg has, or that say where its pages begin (docs/design/trust.md, The question statement).
 * @returns null for a subgraph that no country publishes: it gets no statement.
 */
export function questionOfLeg({ statement, trace }: SignedQuestion, leg: Leg): string | null {
  const { country, endpoint } = leg
  if (country === null || trace === undefined) return null
  const carried = new Set(trace.conditions)
  // The place where a leg's page begins is the gateway's own variable, under a name that no client gave.
  if (trace.pages.size > 0 && /\bafter:/.test(leg.query)) for (const name of trace.pages) carried.add(name)
  for (const name of Object.keys(leg.variables)) {
    if (leg.entityVariables?.includes(name)) continue
    const ofClient = trace.names.get(name)
    if (ofClient !== undefined) carried.add(ofClient)
  }
  if (trace.ids.size > 0) for (const id of idsOf(leg)) for (const name of trace.ids.get(id) ?? []) carried.add(name)
  const withCase = endpoint.groundsRead?.includes('case') ?? false
  return showQuestion(statement, { country, withCase, keeps: (name) => carried.has(name) })
}

/**
 * Writes the statement as the caller's authority sees it when it is asked for a token for one country: only with that country.
 * @returns null if the question is not signed.
 */
export function questionForAuthority(question: SignedQuestion | undefined, country: string): string | null {
  if (question === undefined) return null
  return showQuestion(question.statement, { country, withCase: false, keeps: () => false })
}

/**
 * Returns what other nodes signed of the ids that a leg asks about, each with only the disclosures of these ids. Ids of the question's own
 * variables need no proof, nor those that the same node has given.
 * @param origin the node that the leg goes to.
 */
export function givenForLeg({ trace, given }: SignedQuestion, leg: Leg, origin: string): readonly string[] {
  return given === undefined ? [] : given.show(listUnnamed(leg, trace), origin)
}

/** Lists the ids of the entities that a leg asks about, each once, without those of the question's own variables. */
function* listUnnamed(leg: Leg, trace: VariableTrace | undefined): Generator<string> {
  for (const id of new Set(idsOf(leg))) if (trace?.ids.has(id) !== true) yield id
}

/** Lists the ids of the entities that a leg asks about. */
function* idsOf({ variables, entityVariables = ['representations'] }: Leg): Generator<string> {
  for (const name of entityVariables) {
    const representations = variables[name]
    if (!Array.isArray(representations)) continue
    for (const each of representations) {
      const id: unknown = typeof each === 'object' && each !== null && 'id' in each ? each.id : undefined
      if (typeof id === 'string') yield id
    }
  }
}
