/** What the planning thread does: it wires the rooms that read, prepare and plan operations, and that answer introspection. */
import { execute, type GraphQLSchema, validateSchema } from 'graphql'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { Limits } from '../admit/limits.ts'
import { readDocument } from '../admit/read-document.ts'
import type { ShowSchema } from '../introspect/shown-schemas.ts'
import { findStandardForm } from '../introspect/standard-introspection.ts'
import type { PlanJobs } from '../plan/plan-jobs.ts'
import { stripLocations } from '../plan/syntax/nodes.ts'
import type { IntrospectionAnswer, PlanningAnswers, PlanningRequest, ReadDocument } from '../types/planning.ts'

/** How many characters the answer to an operation that asks only about the schema may have, as JSON. */
const MAX_SCHEMA_ANSWER = 8 * 2 ** 20

/** The same for an operation that asks for more than that: the thread that answers requests has to read it. */
const MAX_MIXED_ANSWER = 2 ** 20

/** What {@link createPlanningJobs} works with. */
export interface PlanningJobsOptions {
  readonly apiSchema: GraphQLSchema
  /** What introspection shows. */
  readonly showSchema: ShowSchema
  readonly jobs: PlanJobs
  /** How large a document may be; null: any size. */
  readonly limits: Limits | null
}

/** Answers planning requests, one after the other. */
export type AnswerPlanning = (request: PlanningRequest) => PlanningAnswers[PlanningRequest['kind']]

/**
 * Makes the function that answers planning requests over one graph.
 * @returns a function that throws {IstmoError} if the request's document is rejected.
 */
export function createPlanningJobs(options: PlanningJobsOptions): AnswerPlanning {
  const { apiSchema, showSchema, jobs } = options
  // Now, and not in the first job: that would be charged to its caller.
  validateSchema(apiSchema)
  return (request) => {
    switch (request.kind) {
      case 'read':
        return read(request.source, options)
      case 'prepare':
        return jobs.prepare(request)
      case 'plan':
        return jobs.plan(request, request.removedFields)
      case 'introspect':
        return introspect(request, jobs, showSchema(request.hidden, request.language))
    }
  }
}

function read(source: string, { apiSchema, jobs, limits }: PlanningJobsOptions): ReadDocument {
  const result = readDocument(source, apiSchema, limits)
  if (result.kind === 'invalid') return result
  const document = stripLocations(result.document)
  jobs.remember(source, document)
  return { kind: 'valid', document }
}

/** Answers the introspection part of an operation, or the complete operation if it has no other part. */
function introspect(
  request: Extract<PlanningRequest, { kind: 'introspect' }>,
  jobs: PlanJobs,
  schema: GraphQLSchema,
): IntrospectionAnswer {
  const { planned, introspection } = jobs.normalise(request)
  const { operationName, variables } = request
  const isWhole = planned === null
  const document = isWhole ? jobs.parse(request.source) : introspection
  if (document === null) throw new TypeError('expected an operation that asks about the schema')
  const args = { schema, document, variableValues: variables, ...(isWhole && { operationName }) }
  const result = execute(args)
  if (result instanceof Promise) throw new TypeError('expected introspection without promises')
  const json = JSON.stringify(result.data ?? null)
  const most = isWhole ? MAX_SCHEMA_ANSWER : MAX_MIXED_ANSWER
  if (json.length > most) {
    throw new IstmoError('LIMIT_EXCEEDED', detail('SCHEMA_ANSWER', { most }))
  }
  return { json, standardForm: isWhole ? findStandardForm(document) : null }
}
