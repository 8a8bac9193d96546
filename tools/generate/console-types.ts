import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { codegen } from '@graphql-codegen/core'
import * as operations from '@graphql-codegen/typescript-operations'
import { type DocumentNode, Kind, parse, visit } from 'graphql'

/** The documents for gateways, below the console's folder. Those of `oversight/` are for the auditors' GraphQL. */
const DOCUMENTS = 'src/documents/*.graphql'

const HEAD =
  '// Written by `npm run generate`: what the operations beside this file take and give. An enum is a text, because a country may know more values.\n'

/**
 * Makes the types of the console's operations, by graphql-codegen. A field that a rule may hide, or whose owner may be silent, can be null: the
 * schema says so.
 * @param folder the console's folder.
 * @param apiSdl the schema that clients of the gateway see, with its descriptions.
 */
export async function makeConsoleTypes(folder: string, apiSdl: string): Promise<string> {
  const documents = globSync(DOCUMENTS, { cwd: folder })
    .toSorted()
    .map((location) => ({ location, document: parse(readFileSync(join(folder, location), 'utf8')) }))
  const text = await codegen({
    filename: 'operation-types.ts',
    schema: withoutEnums(apiSdl),
    documents,
    config: {
      immutableTypes: true,
      skipTypename: true,
      scalars: { ID: 'string' },
      defaultScalarType: 'string',
      inputMaybeValue: 'T | null',
      arrayInputCoercion: false,
    },
    plugins: [{ operations: {} }],
    pluginMap: { operations },
  })
  return HEAD + documented(text)
}

function withoutEnums(sdl: string): DocumentNode {
  return visit(parse(sdl), {
    EnumTypeDefinition: ({ name }) => ({ kind: Kind.SCALAR_TYPE_DEFINITION, name }),
  })
}

/** Says what each exported type is. One that nothing uses is left out: codegen writes it for incremental delivery, which the graph does not have. */
function documented(text: string): string {
  return text
    .replace(/^\/\*\* Internal type.*\nexport type Incremental.*\n/m, '')
    .replaceAll(/^export type (\w+)QueryVariables = /gm, '/** What the operation `$1` takes. */\n$&')
    .replaceAll(/^export type (\w+)Query = /gm, '/** What the operation `$1` gives. */\n$&')
}
