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
import type { NodeContext } from './types.ts'

/**
 * What `@answeredBy` demands of a country (docs/design/contract.md, Who answers). This module wraps the resolvers as the schema says,
 * so that no resolver can forget it.
 */

type FieldResolver = GraphQLFieldResolver<unknown, NodeContext>

interface AnsweredBy {
  readonly who: 'OWNER' | 'EVERY'
  readonly argument: string
}

/**
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
