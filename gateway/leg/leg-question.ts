import { showQuestion } from '../../contract/trust/question-statement.ts'
import type { Leg } from '../types/flow.ts'
import type { SignedQuestion, VariableTrace } from '../types/question.ts'

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
