/**
 * What the thread that answers requests asks of the planning thread, and what it gets. All of it is plain data, which a message can carry.
 * Types only.
 */
import type { DocumentNode, GraphQLFormattedError } from 'graphql'
import type { Language } from '../../contract/language.ts'
import type { RequestContext } from './flow.ts'
import type { CompiledOperation, OperationToPlan, PreparedOperation } from './operation.ts'
import type { Unbound } from './plan.ts'

/** One request to the planning thread. */
export type PlanningRequest =
  /** Parse and validate a document. */
  | { readonly kind: 'read'; readonly source: string }
  /** Normalise an operation of a valid document, and list its fields. */
  | ({ readonly kind: 'prepare' } & OperationToPlan)
  /** Plan an operation of a valid document without the fields that were removed. */
  | ({ readonly kind: 'plan'; readonly removedFields: readonly string[] } & OperationToPlan)
  /**
   * Answer the introspection part of an operation. `hidden`: the coordinates that the caller does not see. `language`: of the
   * descriptions. `variables` are coerced.
   */
  | ({
      readonly kind: 'introspect'
      readonly hidden: readonly string[]
      readonly language: Language
      readonly variables: Readonly<Record<string, unknown>>
    } & OperationToPlan)

/** A document that was parsed and validated, without locations, or the errors in it, each with its code. */
export type ReadDocument =
  | { readonly kind: 'valid'; readonly document: DocumentNode }
  | { readonly kind: 'invalid'; readonly errors: readonly GraphQLFormattedError[] }

/** The data of an operation's introspection part, as JSON. */
export interface IntrospectionAnswer {
  readonly json: string
  /** Which form of the standard introspection query the document is; null if it is another document. */
  readonly standardForm: number | null
}

/** The answer to each kind of request. */
export interface PlanningAnswers {
  readonly read: ReadDocument
  readonly prepare: Unbound<PreparedOperation>
  readonly plan: Unbound<CompiledOperation>
  readonly introspect: IntrospectionAnswer
}

/** On whose behalf the gateway plans: who pays for it, and until when the answer is of use. */
export interface Payer extends Pick<RequestContext, 'caller' | 'hangup' | 'deadlineAt'> {
  /** The gateway plans for itself, before anybody asks. No budget is charged, and whoever asks goes first. Default: it plans for `caller`. */
  readonly isAhead?: boolean
}

/** A planning answer, and how many bytes it has as a message (the format of `node:v8`). */
export interface Planned<Answer> {
  readonly answer: Answer
  readonly bytes: number
}

/**
 * Runs one planning request.
 * @throws {IstmoError} what the request itself causes; `PLANNING_BUDGET_SPENT`, `DOCUMENT_TOO_HARD` or `GATEWAY_BUSY` if the planning
 *   thread does not run it.
 */
export type RunPlanning = <Kind extends PlanningRequest['kind']>(
  request: Extract<PlanningRequest, { kind: Kind }>,
  payer: Payer,
) => Promise<Planned<PlanningAnswers[Kind]>>
