import type { GraphQLSchema } from 'graphql'
import type { Logger } from 'pino'
import { ownerOf } from '../../../contract/record-id.ts'
import { createGivenIdsReader, MAX_GIVEN_IDS, type NodeKey, signGivenIds } from '../../../contract/trust/given-ids.ts'
import { thumbprintOf } from '../../../contract/trust/session-key.ts'
import { listUnsignedDomains } from '../../../service/country-file-questions.ts'
import type { AnswerLeg, CheckLeg, LegReply, TakenLeg } from '../backend.ts'
import type { GuardedRequest } from '../guard.ts'
import { createUnnamedRows } from '../leg-quotas.ts'
import { coerceLegVariables } from '../leg-variables.ts'
import type { LiveNodeKey } from '../live-keys.ts'
import { type CountryRules, domainRules } from '../rules.ts'
import type { DomainModule } from '../types.ts'
import { listShortPageEnds } from './pages.ts'
import { type CheckedQuestion, createQuestionCheck, type QuestionCheck, type QuestionParts } from './question-check.ts'
import { readQuestionContract } from './question-contract.ts'
import { createQuestionDocuments, createQuestionMemory } from './question-memory.ts'
import { listRecordIds } from './shown-values.ts'

/** Opens the questions of a node. Null for a country that takes no authority's word: nobody could say whose key signs a question. */
export function openQuestions(
  key: Pick<LiveNodeKey, 'current'>,
  current: () => CountryRules,
  log: Pick<Logger, 'info' | 'warn'>,
): Questions | null {
  const rules = current()
  if (rules.callers.length === 0) return null
  const nodeKey = key.current()
  if (nodeKey === null) log.warn(NO_NODE_KEY)
  else log.info({ thumbprint: thumbprintOf(nodeKey.publicKey) }, 'the node signs the ids that it gives with this key')
  const unsigned = listUnsignedDomains(rules.questions)
  if (unsigned.length > 0) log.warn({ domains: unsigned }, UNSIGNED_DOMAINS)
  return createQuestions({ current, nodeKey: key.current, now: Date.now })
}

const NO_NODE_KEY =
  'the node signs no ids, so other countries refuse those that it gives: set --node-key (NODE_KEY_FILE)'
const UNSIGNED_DOMAINS =
  'these domains answer also what no officer has signed, because the country’s file says `any` of them'

/** What the questions of a node are checked and answered with. */
export interface QuestionsOptions {
  /** Returns the rules in force. */
  readonly current: () => CountryRules
  /** Returns the key that signs given ids now. Null: other countries refuse the ids that this node gives. */
  readonly nodeKey: () => NodeKey | null
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** The signed questions at a node. Its domains share what it remembers of them. */
export interface Questions {
  /** Makes the check of a domain's legs. It decides by the rules that are in force when a leg comes. */
  checkOf(module: DomainModule, schema: GraphQLSchema): CheckLeg
  /**
   * Counts the rows of each answer against its question, and gives its ids: remembers them, and signs them for other countries. Rejects with
   * `QUESTION_CAP_REACHED` if the question has had too many rows.
   */
  answer(answer: AnswerLeg, schema: GraphQLSchema): AnswerLeg
}

/**
 * Creates the questions of a node that has just started.
 * @throws {Error} the file system's error, if the contract's files cannot be read.
 */
export function createQuestions({ current, nodeKey, now }: QuestionsOptions): Questions {
  const { country } = current().access
  const shared: Omit<QuestionParts, 'readGiven'> = {
    country,
    documents: createQuestionDocuments(readQuestionContract()),
    memory: createQuestionMemory(() => current().questions.caps, now),
    now,
    startedAtMs: now(),
  }
  const makeCheck = (module: DomainModule, schema: GraphQLSchema, rules: CountryRules): QuestionCheck => {
    const { partners, demands } = rules.questions
    const readGiven = createGivenIdsReader({ partners, now })
    const demand = demands[module.domain]
    return createQuestionCheck({ ...shared, readGiven }, { schema, rules: domainRules(module, rules), demand })
  }
  const checked = new WeakMap<TakenLeg, { readonly question: CheckedQuestion; readonly request: GuardedRequest }>()
  return {
    checkOf(module, schema) {
      let rules = current()
      let check = makeCheck(module, schema, rules)
      return (request, leg) => {
        if (rules !== current()) {
          rules = current()
          check = makeCheck(module, schema, rules)
        }
        const question = check({ claims: leg.claims, carried: leg.carried, request })
        if (question !== null) checked.set(leg, { question, request })
      }
    },
    answer(answer, schema) {
      const countUnnamed = createUnnamedRows(schema)
      const answerQuestion: AnswerLeg = async (leg) => {
        const reply = await answer(leg)
        const known = checked.get(leg)
        if (known === undefined || typeof reply.data !== 'object' || reply.data === null) return reply
        const { question, request } = known
        const { query, operationName } = leg.request
        const records = listRecordIds(reply.data)
        const own = countOwn(records, country)
        question.open.countRows(own + countUnnamed({ query, operationName, data: reply.data }))
        question.open.give(
          listShortPageEnds(request, coerceLegVariables(request, schema)?.coerced ?? {}, schema, reply.data),
        )
        const ids = records.slice(0, MAX_GIVEN_IDS)
        if (ids.length === 0) return reply
        question.open.give(ids)
        // Another node takes the question's own ids as this one does, and the gateway has shown that the question led to what the leg asks about.
        const others = ids.filter((id) => !question.isProven(id))
        const key = nodeKey()
        if (key === null || others.length === 0) return reply
        const iat = Math.floor(now() / 1000)
        return withGiven(reply, signGivenIds({ country, question: question.statement.jti, ids: others, iat }, key))
      }
      // Without a statement there is no question, and nothing to wait for.
      return (leg) => (leg.carried.question === undefined ? answer(leg) : answerQuestion(leg))
    },
  }
}

function countOwn(records: readonly string[], country: string): number {
  let count = 0
  for (const id of records) if (ownerOf(id) === country) count += 1
  return count
}

/** What may stand in an answer beside the data. */
interface Body {
  readonly extensions?: { readonly istmo?: Readonly<Record<string, unknown>> }
}

/** Adds the given ids to `extensions.istmo.given` of an answer. */
function withGiven(reply: LegReply, given: string): LegReply {
  // Most answers have no extensions. Then nothing of the text need be parsed.
  if (!reply.text.includes('"extensions"') && reply.text.endsWith('}')) {
    return { ...reply, text: `${reply.text.slice(0, -1)},"extensions":${JSON.stringify({ istmo: { given } })}}` }
  }
  const body = JSON.parse(reply.text) as Body
  const extensions = { ...body.extensions, istmo: { ...body.extensions?.istmo, given } }
  return { ...reply, text: JSON.stringify({ ...body, extensions }) }
}
