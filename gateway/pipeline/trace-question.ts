import { type DocumentNode, getOperationAST, Kind, visit } from 'graphql'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { isRecordId } from '../../contract/record-id.ts'
import { listConditionVariables } from '../plan/normalise/conditions.ts'
import type { RequestContext } from '../types/flow.ts'
import type { PreparedOperation } from '../types/operation.ts'
import type { VariableTrace } from '../types/question.ts'
import { createKeptGivenIds } from './keep-given-ids.ts'

const NO_NAMES: ReadonlyMap<string, string> = new Map()

/**
 * Adds to a request with a signed question where its variables are in the legs. The gateway renames variables (plan/normalise/lift-values.ts),
 * and a record id in a variable may come back as the entity of a later leg.
 * @returns the context as it is if the request has no signed question.
 * @throws {IstmoError} `QUESTION_INVALID` if the operation declares a variable that the statement does not state: a country could not tell
 * that it has no value from that its value is hidden.
 */
export function traceQuestion(
  context: RequestContext,
  { document, operationName }: { readonly document: DocumentNode; readonly operationName: string | undefined },
  { lifted }: PreparedOperation,
): RequestContext {
  const { question } = context
  if (question === undefined) return context
  const { variables } = question.statement
  for (const { variable } of getOperationAST(document, operationName)?.variableDefinitions ?? []) {
    const name = variable.name.value
    if (!variables.has(name)) throw new IstmoError('QUESTION_INVALID', detail('SIGNED_VARIABLE', { name: `$${name}` }))
  }
  const names = lifted.names === null ? NO_NAMES : new Map([...lifted.names].map(([client, ours]) => [ours, client]))
  const trace: VariableTrace = {
    names: lifted.names === null ? new Map([...variables.keys()].map((name) => [name, name])) : names,
    ...sharedNamesOf(document),
    ids: findRecordIds(variables),
  }
  return { ...context, question: { ...question, trace, given: createKeptGivenIds() } }
}

type SharedNames = Pick<VariableTrace, 'conditions' | 'pages'>

const shared = new WeakMap<DocumentNode, SharedNames>()

/** Lists the variables of a document's conditions and pages, once for each document: the same document comes with many requests. */
function sharedNamesOf(document: DocumentNode): SharedNames {
  const known = shared.get(document) ?? {
    conditions: new Set(listConditionVariables(document)),
    pages: listPageVariables(document),
  }
  shared.set(document, known)
  return known
}

function listPageVariables(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>()
  visit(document, {
    Argument({ name, value }) {
      if (name.value === 'after' && value.kind === Kind.VARIABLE) names.add(value.name.value)
    },
  })
  return names
}

/** Finds the texts in the values that may be record ids, with the variables that have them. */
function findRecordIds(variables: ReadonlyMap<string, unknown>): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const [name, given] of variables) {
    const open: unknown[] = [given]
    while (open.length > 0) {
      const value = open.pop()
      if (typeof value === 'string' && isRecordId(value)) found.set(value, (found.get(value) ?? new Set()).add(name))
      else if (typeof value === 'object' && value !== null) open.push(...Object.values(value))
    }
  }
  return found
}
