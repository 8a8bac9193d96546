import { type GraphQLSchema, parse, print } from 'graphql'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { coerceLegVariables } from '../../subgraphs/kit/leg-variables.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import {
  type ComparedLeg,
  compareLeg,
  type LegField,
  listLegFields,
  type ShownQuestion,
} from '../../subgraphs/kit/question/compare-leg.ts'
import { findForeignPage, listShortPageEnds } from '../../subgraphs/kit/question/pages.ts'
import { readQuestionContract } from '../../subgraphs/kit/question/question-contract.ts'
import { createQuestionDocuments } from '../../subgraphs/kit/question/question-memory.ts'
import { listTexts, type ShownVariables } from '../../subgraphs/kit/question/shown-values.ts'
import type { AskCountries } from '../oracle/federation.ts'
import { type NationalRequest, nationsInMemory } from '../oracle/nation.ts'
import type { Operation } from '../oracle/operation.ts'
import type { World } from '../oracle/rows.ts'

/** The contract as each node of these tests reads it. */
export const CONTRACT = readQuestionContract()

const documents = createQuestionDocuments(CONTRACT)
const schemas = new Map<Domain, GraphQLSchema>(
  (await loadDomains(DOMAINS)).map((module) => [module.domain, buildNodeSchema(module)]),
)

/** A leg that the gateway sent, the texts that earlier answers of any country had, and where earlier pages of its own country were short. */
export interface SentLeg extends NationalRequest {
  readonly given: ReadonlySet<string>
  readonly ends: ReadonlySet<string>
}

/** Asks an operation of the real gateway's engine, and returns the legs that it sends. */
export async function legsOf(ask: AskCountries, world: World, operation: Operation): Promise<readonly SentLeg[]> {
  const legs: SentLeg[] = []
  const given = new Set<string>()
  const ends = new Map<string, Set<string>>()
  const nations = nationsInMemory(world.rows)
  await ask(world.publishers, operation, async (request) => {
    const { domain, country, query, variables } = request
    const own = ends.get(country) ?? new Set()
    ends.set(country, own)
    legs.push({ ...request, given: new Set(given), ends: new Set(own) })
    const answer = await nations(request)
    for (const text of listTexts([answer.data])) given.add(text)
    const asked = { document: parse(query), operationName: undefined, variables }
    for (const end of listShortPageEnds(asked, variables, schemaOf(domain), answer.data)) own.add(end)
    return answer
  })
  return legs
}

/** A question as a node reads it, if each of its variables is shown. */
export function showQuestion(operation: Operation, variables = shownAll(operation)): ShownQuestion {
  const text = print(operation.document)
  return documents.read(sha256Url(text), operation.operationName, text).show(variables)
}

/** The variables of an operation, each shown. */
export function shownAll({ variables }: Operation): ShownVariables {
  return { values: new Map(Object.entries(variables)), isComplete: true }
}

function schemaOf(domain: Domain): GraphQLSchema {
  const schema = schemas.get(domain)
  if (schema === undefined) throw new Error(`expected a domain; came ${domain}`)
  return schema
}

/** Compares a leg with a question as a node does, with the places at which its pages begin. */
export function compare(leg: SentLeg, question: ShownQuestion): ComparedLeg {
  const schema = schemaOf(leg.domain)
  const document = parse(leg.query)
  const request = { document, variables: leg.variables, operationName: undefined }
  const fields = listLegFields(document, schema)
  const compared = compareLeg(fields, request, schema, question)
  if (compared.foreign !== null) return compared
  const starts = { question, country: leg.country, hasEnded: (end: string) => leg.ends.has(end) }
  const page = findForeignPage(fields, coerceLegVariables(request, schema)?.coerced ?? {}, starts)
  return page === null ? compared : { ...compared, foreign: { coordinate: page, reason: 'ARGUMENT' } }
}

const fieldsOf = new Map<string, readonly LegField[]>()

/** Compares a leg as a node does that knows its document, if any leg had it, and once more by another way. */
export function compareKnown(
  leg: NationalRequest,
  question: ShownQuestion,
  compareOtherwise: typeof compareLeg,
): { readonly known: ComparedLeg; readonly fresh: ComparedLeg } {
  const schema = schemaOf(leg.domain)
  const document = parse(leg.query)
  const key = `${leg.domain} ${leg.query}`
  const fields = fieldsOf.get(key) ?? listLegFields(document, schema)
  fieldsOf.set(key, fields)
  const request = { document, variables: leg.variables, operationName: undefined }
  const known = compareLeg(fields, request, schema, question)
  return { known, fresh: compareOtherwise(listLegFields(document, schema), request, schema, question) }
}

/** The ids of a leg that neither the question nor an earlier answer has. */
export function unprovenIds(leg: SentLeg, { ids }: ComparedLeg, operation: Operation): readonly string[] {
  const text = print(operation.document)
  const known = documents.read(sha256Url(text), operation.operationName, text).texts
  const shown = listTexts(Object.values(operation.variables))
  return [...ids].filter((id) => !known.has(id) && !shown.has(id) && !leg.given.has(id))
}
