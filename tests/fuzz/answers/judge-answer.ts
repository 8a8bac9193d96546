/** Judges an answer without knowing the correct one: the schema must allow it, and it must have no foreign text. */
import { type DocumentNode, execute, type GraphQLSchema, Kind, visit } from 'graphql'
import { meaningOf } from '../../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../../contract/errors.ts'
import type { Engine } from '../../../gateway/pipeline/engine.ts'
import type { Operation } from '../../oracle/operation.ts'
import { MARKER } from './spoil.ts'

/** The response key under which `withTypes` asks for the type of each object. */
const TYPE_KEY = 'typeOfIt'

type EngineAnswer = Awaited<ReturnType<Engine['execute']>>

const MEANINGS = new Set<string>((Object.keys(ERRORS) as ErrorCode[]).map((code) => meaningOf(code)))

/** Makes an operation ask for the type of each object too, so that its answer can be judged. */
export function withTypes(document: DocumentNode): DocumentNode {
  const name = { kind: Kind.NAME, value: '__typename' } as const
  const typeField = { kind: Kind.FIELD, alias: { kind: Kind.NAME, value: TYPE_KEY }, name } as const
  return visit(document, {
    SelectionSet(node) {
      return { ...node, selections: [typeField, ...node.selections] }
    },
  })
}

/** Says what is wrong with an answer; null if nothing is. */
export function faultOf(answer: EngineAnswer, operation: Operation, schema: GraphQLSchema): string | null {
  const text = JSON.stringify(answer)
  if (text.includes(MARKER)) return `expected no foreign text; came ${text}`
  const { data, errors = [] } = JSON.parse(text) as { data: unknown; errors?: readonly { message: string }[] }
  const foreign = errors.find(({ message }) => !MEANINGS.has(message))
  if (foreign) return `expected a sentence of the registry; came ${foreign.message}`
  if (data === null) return errors.length > 0 ? null : 'expected errors beside data that are null'
  return invalidity(data, operation, schema)
}

/** Executes the operation over its own answer with graphql-js. The result must be the same answer. */
function invalidity(
  data: unknown,
  { document, variables, operationName }: Operation,
  schema: GraphQLSchema,
): string | null {
  const again = execute({
    schema,
    document,
    variableValues: variables,
    operationName,
    rootValue: data,
    typeResolver: (value: Record<string, unknown>) => value[TYPE_KEY] as string,
    fieldResolver: (source: Record<string, unknown>, _, __, { path }) => source[path.key],
  })
  if (again instanceof Promise) throw new Error('expected an answer at once')
  if (again.errors)
    return `expected an answer that the schema allows; came ${again.errors[0]?.message} ${JSON.stringify(data)}`
  const [answered, valid] = [JSON.stringify(data), JSON.stringify(again.data)]
  return answered === valid ? null : `expected ${valid}; came ${answered}`
}
