import { type DocumentNode, getOperationAST, Kind, visit } from 'graphql'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import { isRecordId } from '../../contract/record-id.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import { readSdJwt, writeSdJwt } from '../../contract/trust/sd-jwt.ts'
import { listConditionVariables } from '../plan/normalise/conditions.ts'
import type { RequestContext } from '../types/flow.ts'
import type { PreparedOperation } from '../types/operation.ts'
import type { KeptGivenIds, VariableTrace } from '../types/question.ts'

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

/** Lists the variables of a document's conditions and pages, once for each document: the same document comes with many requests. */
const sharedNamesOf = rememberByObject(
  (document: DocumentNode): Pick<VariableTrace, 'conditions' | 'pages'> => ({
    conditions: new Set(listConditionVariables(document)),
    pages: listPageVariables(document),
  }),
)

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

/** How many ids are kept for one request. A leg about an id behind them is refused by the node that is asked. */
const MAX_KEPT_IDS = 20_000

/** Who has signed an id, and the disclosure of it. */
interface Signed {
  readonly jwt: string
  readonly disclosure: string
  readonly origin: string
}

/**
 * Makes the place where a request keeps what nodes signed of the ids in their answers. The first node that gives an id counts. It reads a text only
 * when another node than the one that gave it is asked: a question to one country needs none of it, and no question what came with its last answers.
 */
export function createKeptGivenIds(): KeptGivenIds {
  const givers = new Set<string>()
  const unread: { readonly text: string; readonly origin: string }[] = []
  const byId = new Map<string, Signed>()
  // By node: the ids that it has given itself, so that it needs no proof of them.
  const own = new Map<string, Set<string>>()
  const read = (text: string, origin: string): void => {
    const ofNode = getOrAdd(own, origin, () => new Set<string>())
    for (const { id, ...signed } of readGiven(text)) {
      ofNode.add(id)
      if (!byId.has(id) && byId.size < MAX_KEPT_IDS) byId.set(id, { ...signed, origin })
    }
  }
  return {
    keep(text, origin) {
      givers.add(origin)
      unread.push({ text, origin })
    },
    show(ids, origin) {
      if (givers.size === 0 || (givers.size === 1 && givers.has(origin))) return NOTHING
      for (const each of unread.splice(0)) read(each.text, each.origin)
      const ofNode = own.get(origin)
      const disclosures = new Map<string, string[]>()
      for (const id of ids) {
        const signed = ofNode?.has(id) === true ? undefined : byId.get(id)
        if (signed === undefined) continue
        getOrAdd(disclosures, signed.jwt, () => []).push(signed.disclosure)
      }
      return [...disclosures].map(([jwt, shown]) => writeSdJwt({ jwt, disclosures: shown }))
    },
  }
}

const NOTHING: readonly string[] = []

/** Reads the ids of a text. What does not have the form is nothing: the node that is asked would refuse it. */
function readGiven(
  text: string,
): readonly { readonly id: string; readonly jwt: string; readonly disclosure: string }[] {
  try {
    const { jwt, disclosures } = readSdJwt(text)
    return disclosures.flatMap((disclosure) => {
      const [, id]: readonly unknown[] = JSON.parse(Buffer.from(disclosure, 'base64url').toString('utf8'))
      return isRecordId(id) ? [{ id, jwt, disclosure }] : []
    })
  } catch {
    return []
  }
}
