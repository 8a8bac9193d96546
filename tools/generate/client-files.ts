import {
  type GraphQLSchema,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql'
import type { RuleTable } from '../../contract/access/rule-table.ts'
import { readDescriptions } from '../../contract/descriptions.ts'
import type { Language } from '../../contract/language.ts'
import { describeSchema } from '../../gateway/introspect/shown-schemas.ts'

/**
 * The files that developers of clients take from this repository: the schema of the API with its descriptions, the types of its
 * scalars for code generators, and the cache keys for Apollo Client and urql. docs/querying.md shows how to use them.
 */

/** The type of each scalar in TypeScript: all are JSON strings. */
const SCALAR_TYPE = 'string'

/**
 * Makes the text of each file, by its path below the repository's folder.
 * @param apiSchema the schema that clients see.
 * @param rules the rules of the supergraph, which the descriptions state.
 */
export function makeClientFiles(apiSchema: GraphQLSchema, rules: RuleTable): Readonly<Record<string, string>> {
  return {
    'contract/client/schema.graphql': printDescribed(apiSchema, rules, 'en'),
    'contract/client/schema.es.graphql': printDescribed(apiSchema, rules, 'es'),
    'contract/client/codegen-scalars.json': toJson(listScalars(apiSchema)),
    'contract/client/apollo-type-policies.json': toJson(makeTypePolicies(apiSchema)),
    'contract/client/urql-keys.js': makeUrqlKeys(apiSchema),
  }
}

function printDescribed(apiSchema: GraphQLSchema, rules: RuleTable, language: Language): string {
  const described = describeSchema(lexicographicSortSchema(apiSchema), {
    language,
    texts: readDescriptions(language),
    rules,
  })
  return `# Written by \`npm run generate\`.\n${printSchema(described)}\n`
}

function listScalars(apiSchema: GraphQLSchema): Readonly<Record<string, string>> {
  const names = Object.values(apiSchema.getTypeMap())
    .filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))
    .map(({ name }) => name)
  return Object.fromEntries(names.sort().map((name) => [name, SCALAR_TYPE]))
}

/** Lists the object types below the root, and whether each has an id by which a cache can keep it. */
function listCacheTypes(apiSchema: GraphQLSchema): readonly (readonly [name: string, hasId: boolean])[] {
  return Object.values(apiSchema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__') && type !== apiSchema.getQueryType())
    .map((type): [string, boolean] => [type.name, isObjectType(type) && type.getFields().id !== undefined])
    .sort(([left], [right]) => (left < right ? -1 : 1))
}

function makeTypePolicies(apiSchema: GraphQLSchema): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    listCacheTypes(apiSchema).map(([name, hasId]) => [name, { keyFields: hasId ? ['id'] : false }]),
  )
}

function makeUrqlKeys(apiSchema: GraphQLSchema): string {
  const embedded = listCacheTypes(apiSchema).filter(([, hasId]) => !hasId)
  const rows = embedded.map(([name]) => `  ${name}: () => null,`)
  return [
    '// Written by `npm run generate`. The option `keys` of @urql/exchange-graphcache: these types have no id of their own.',
    'export const keys = {',
    ...rows,
    '}\n',
  ].join('\n')
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
