import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  parse,
  validate,
  visit,
} from 'graphql'
import { z } from 'zod'
import { normaliseDocument } from '../../contract/audit-log/document.ts'
import { wordError } from '../../contract/error-message.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import type { OversightAuditLog, Reading } from './audit-log.ts'
import { QUERY, type ReadContext } from './resolvers.ts'

const SDL = readFileSync(join(import.meta.dirname, 'schema.graphql'), 'utf8')
const SCHEMA = createSchema()

/** SHA-256 of the schema, in hex. Entries name it as their graph. */
const GRAPH = hash('sha256', SDL)

/** The largest numbers of tokens in a document, of fields in it, and of fields of `Query` in it. */
const MAX_TOKENS = 2_000
const MAX_FIELDS = 200
const MAX_TOP_FIELDS = 10

/** The largest numbers of entries and of proofs in one answer, and of entries that are read out of logs for it without a proof. */
const MAX_SHOWN = 500
const MAX_PROOFS = 100
const MAX_READ = 2_000

const bodySchema = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
})

function createSchema() {
  const schema = buildSchema(SDL)
  const fields = schema.getQueryType()?.getFields() ?? {}
  for (const [name, resolve] of Object.entries(QUERY)) {
    const field = fields[name]
    if (field !== undefined) field.resolve = (_, args, context) => resolve(args as never, context as ReadContext)
  }
  return schema
}

/**
 * What {@link answer} needs besides the request. `auditLog` is oversight's own log, in which each reading is an entry. `language`: of the
 * messages.
 */
export type Answering = Omit<ReadContext, 'show' | 'prove' | 'read'> & {
  readonly auditLog: OversightAuditLog
  readonly language: Language
}

/**
 * Answers one GraphQL request, after its entry is durable. The rejection of a known caller's request has an entry too.
 * @param body the parsed JSON body.
 * @throws {IstmoError} if the body or the document is rejected; `RECORD_UNAVAILABLE` if the entry cannot be written.
 */
export async function answer(body: unknown, { auditLog, language, ...reading }: Answering): Promise<ExecutionResult> {
  let shown = 0
  const { caller, grounds, country } = reading.viewer
  const note = (operation: Reading['operation'], variables: unknown) =>
    auditLog.note({ caller, grounds, country, operation, variables, entries: shown }).catch((cause: unknown) => {
      throw new IstmoError('RECORD_UNAVAILABLE', undefined, { cause })
    })
  const request = readRequest(body)
  if (request instanceof IstmoError) {
    await note(null, null)
    throw request
  }
  const { document, operationName, variables } = request
  const context: ReadContext = {
    ...reading,
    show: (entries) => {
      shown += entries
      if (shown > MAX_SHOWN)
        throw new IstmoError('LIMIT_EXCEEDED', `expected at most ${MAX_SHOWN} entries in one answer`)
    },
    prove: atMost(MAX_PROOFS, `expected at most ${MAX_PROOFS} proofs in one answer`),
    read: atMost(MAX_READ, `expected an answer for which at most ${MAX_READ} entries are read in logs`),
  }
  const result = await execute({
    schema: SCHEMA,
    document,
    contextValue: context,
    variableValues: variables,
    ...(operationName !== undefined && { operationName }),
  })
  const { hash: documentHash, literals, names } = normaliseDocument(document)
  // Nobody listed the document, so its operation may be named after a person.
  await note({ name: null, documentHash, graph: GRAPH }, { literals, names, variables })
  return { ...result, ...(result.errors && { errors: result.errors.map((error) => maskError(error, language)) }) }
}

/** Returns what counts its calls. @throws {IstmoError} `LIMIT_EXCEEDED` at the call that is one too many. */
function atMost(most: number, message: string): () => void {
  let calls = 0
  return () => {
    calls++
    if (calls > most) throw new IstmoError('LIMIT_EXCEEDED', message)
  }
}

interface ReadRequest {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

function readRequest(body: unknown): ReadRequest | IstmoError {
  const parsed = bodySchema.safeParse(body)
  if (!parsed.success) return new IstmoError('BAD_REQUEST', 'expected `query`, and `variables` as an object')
  const { query, operationName, variables } = parsed.data
  let document: DocumentNode
  try {
    document = parse(query, { maxTokens: MAX_TOKENS, noLocation: true })
  } catch {
    return new IstmoError('GRAPHQL_PARSE_FAILED')
  }
  const excess = findExcess(document)
  if (excess !== null) return new IstmoError('LIMIT_EXCEEDED', excess)
  const [error] = validate(SCHEMA, document)
  if (error !== undefined) return new IstmoError('GRAPHQL_VALIDATION_FAILED', error.message)
  return { document, operationName: operationName ?? undefined, variables: variables ?? {} }
}

/**
 * Returns what a document has too much of, or null. It may not have fragments: ten fields of `Query` fit without them, and with them a
 * short document can request very much.
 */
function findExcess(document: DocumentNode): string | null {
  let fields = 0
  let hasFragments = false
  visit(document, {
    enter({ kind }) {
      if (kind === Kind.FIELD) fields++
      hasFragments ||= kind === Kind.FRAGMENT_DEFINITION
    },
  })
  const tops = document.definitions.flatMap((node) => {
    return node.kind === Kind.OPERATION_DEFINITION ? [node.selectionSet.selections.length] : []
  })
  const requestsSchema = validate(SCHEMA, document, [NoSchemaIntrospectionCustomRule]).length > 0
  // Tools request the schema with fragments, and the schema is small.
  if (requestsSchema) return fields <= MAX_FIELDS ? null : `expected at most ${MAX_FIELDS} fields`
  if (hasFragments) return 'expected a document without fragments'
  if (fields > MAX_FIELDS) return `expected at most ${MAX_FIELDS} fields`
  return Math.max(0, ...tops) > MAX_TOP_FIELDS ? `expected at most ${MAX_TOP_FIELDS} fields of Query` : null
}

/** Masks a resolver's error: words our own errors, shows those of graphql-js as they are, and shows nothing of any other. */
function maskError(error: GraphQLError, language: Language): GraphQLError {
  const { originalError: cause, path } = error
  if (cause === undefined || cause instanceof GraphQLError) return error
  const shown = cause instanceof IstmoError ? cause : new IstmoError('INTERNAL', undefined, { cause })
  return new GraphQLError(wordError(shown, language), { ...(path && { path }), extensions: { code: shown.code } })
}
