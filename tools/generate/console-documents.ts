import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, type GraphQLSchema, parse, validate } from 'graphql'
import { checkDocument } from '../../clients/check-document.ts'

/** Where the console's documents are, below the console's folder. Each file has one operation. Those in `oversight/` are for the auditors' GraphQL. */
const DOCUMENTS = 'src/documents/**/*.graphql'
const FOR_OVERSIGHT = 'src/documents/oversight/'

/**
 * Makes the manifest of the console's documents for gateways: SHA-256 in hex → text, as `istmo gateway --documents` reads it. The text is what the
 * console sends: the file without white space at its end.
 * @param folder the console's folder.
 * @param apiSchema the schema that clients of the gateway see.
 * @param oversightSdl the schema of the auditors' GraphQL.
 * @throws {Error} if a document does not fit its schema, has not exactly one operation, or has a value of its own, which cannot be signed. It names the file.
 */
export function makeConsoleDocuments(folder: string, apiSchema: GraphQLSchema, oversightSdl: string): string {
  const oversight = buildSchema(oversightSdl)
  const files = globSync(DOCUMENTS, { cwd: folder }).map((name) => name.replaceAll('\\', '/'))
  const texts = files.sort().map((name) => {
    const text = readFileSync(join(folder, name), 'utf8').trimEnd()
    const isForOversight = name.startsWith(FOR_OVERSIGHT)
    check(name, text, isForOversight ? oversight : apiSchema)
    return isForOversight ? [] : [[createHash('sha256').update(text).digest('hex'), text]]
  })
  return `${JSON.stringify(Object.fromEntries(texts.flat()), null, 2)}\n`
}

function check(name: string, text: string, schema: GraphQLSchema): void {
  try {
    const document = parse(text, { noLocation: true })
    const operations = document.definitions.filter(({ kind }) => kind === 'OperationDefinition')
    if (operations.length !== 1) throw new Error(`expected one operation; came ${operations.length}`)
    const [error] = validate(schema, document)
    if (error !== undefined) throw error
    const variables = operations.flatMap((each) =>
      'variableDefinitions' in each ? (each.variableDefinitions ?? []) : [],
    )
    checkDocument(text, Object.fromEntries(variables.map(({ variable }) => [variable.name.value, null])))
  } catch (error) {
    throw new Error(`console/${name}: ${(error as Error).message}`, { cause: error })
  }
}
