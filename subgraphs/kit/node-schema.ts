import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
  Kind,
} from 'graphql'
import { isCountryCode } from '../../contract/country-code.ts'
import { IstmoError } from '../../contract/errors.ts'
import { INPUT_RULES } from '../../contract/input-rules.ts'
import { checkInputValues } from '../../contract/input-values.ts'
import { parseRecordId } from '../../contract/record-id.ts'
import { SCALARS } from '../../contract/scalars.ts'
import { isolateEntities } from './entities.ts'
import { noteListFields } from './lists-ahead.ts'
import { answerFromKeptRoots } from './plans/answer-by-plan.ts'
import { checkRowValues } from './row-values.ts'
import type { DomainModule, NodeContext } from './types.ts'

type ApolloResolvers = Parameters<typeof buildSubgraphSchema>[0] extends infer Input
  ? Input extends readonly (infer Item)[]
    ? Item extends { readonly resolvers?: infer Resolvers }
      ? Resolvers
      : never
    : never
  : never

/**
 * Builds the executable schema of a domain from the module's resolvers and the contract's scalars, and guards its fields
 * (docs/design/contract.md, Who answers).
 * @throws {Error} if typeDefs and resolvers do not fit together.
 */
export function buildNodeSchema({ typeDefs, resolvers }: DomainModule): GraphQLSchema {
  const schema = buildSubgraphSchema([
    { typeDefs, resolvers: { ...SCALARS, ...resolvers } as unknown as ApolloResolvers },
  ])
  noteListFields(schema, resolvers)
  guardAnsweredBy(schema)
  isolateEntities(schema)
  checkRowValues(schema)
  answerFromKeptRoots(schema)
  return schema
}

type FieldResolver = GraphQLFieldResolver<unknown, NodeContext>

interface AnsweredBy {
  readonly who: 'OWNER' | 'EVERY'
  readonly argument: string
}

/**
 * What `@answeredBy` demands of a country. The resolvers are wrapped as the schema says, so that none can forget it.
 *
 * Guards each field of the schema that has arguments or `@answeredBy`, and resolves each `outcomes` to `[]`. Changes the schema in place. The resolver of a guarded field fails as follows:
 * Any field: if an argument has a value that contract/input-values.ts or contract/input-rules.ts reject. EVERY: with `BAD_USER_INPUT` unless the argument is a list of only this country. OWNER: with `ID_INVALID` unless the argument has
 * the form of an id; the id of another country resolves to null.
 */
export function guardAnsweredBy(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      if (String(field.type) === '[CountryOutcome!]!') field.resolve = () => []
      guardInput(field, `${type.name}.${field.name}`)
      const answeredBy = readAnsweredBy(field)
      if (!answeredBy) continue
      const resolve: FieldResolver = field.resolve ?? defaultFieldResolver
      const { who, argument } = answeredBy
      const coordinate = `${type.name}.${field.name}(${argument}:)`
      field.resolve = who === 'EVERY' ? guardEvery(coordinate, argument, resolve) : guardOwner(argument, resolve)
    }
  }
}

function guardInput(field: GraphQLField<unknown, NodeContext>, coordinate: string): void {
  if (field.args.length === 0) return
  const check = INPUT_RULES[coordinate]
  const resolve: FieldResolver = field.resolve ?? defaultFieldResolver
  field.resolve = (parent, args, context, info) => {
    if (field.name !== '_entities') checkInputValues(field.args, args, coordinate)
    check?.(args)
    return resolve(parent, args, context, info)
  }
}

function readAnsweredBy(field: GraphQLField<unknown, unknown>): AnsweredBy | undefined {
  const directive = field.astNode?.directives?.find(({ name }) => name.value === 'answeredBy')
  if (!directive) return undefined
  const value = (name: string): string => {
    const node = directive.arguments?.find((argument) => argument.name.value === name)?.value
    return node?.kind === Kind.ENUM || node?.kind === Kind.STRING ? node.value : ''
  }
  return { who: value('who') === 'EVERY' ? 'EVERY' : 'OWNER', argument: value('argument') }
}

function guardEvery(coordinate: string, argument: string, resolve: FieldResolver): FieldResolver {
  return (parent, args, context, info) => {
    const countries: unknown = args[argument]
    if (!Array.isArray(countries) || countries.length !== 1 || countries[0] !== context.country) {
      const came = Array.isArray(countries) ? `a list of ${countries.length}` : 'no list'
      throw new IstmoError('BAD_USER_INPUT', `${coordinate} reaches this country as [${context.country}]; came ${came}`)
    }
    return resolve(parent, args, context, info)
  }
}

function guardOwner(argument: string, resolve: FieldResolver): FieldResolver {
  return (parent, args, context, info) => {
    const value: unknown = args[argument]
    const owner = typeof value === 'string' && isCountryCode(value) ? value : parseRecordId(value).owner
    return owner === context.country ? resolve(parent, args, context, info) : null
  }
}
