import {
  buildSchema,
  execute,
  type FieldNode,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  printSchema,
} from 'graphql'
import { collectSubfields } from 'graphql/execution/collectFields.js'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { ANSWERED, type Outcome } from '../../contract/outcome.ts'
import { ownerOf } from '../../contract/record-id.ts'
import type { AnswerContext } from './answering.ts'
import type { Operation } from './operation.ts'
import { RESOLVERS } from './resolvers.ts'
import { publishersOf, type World } from './rows.ts'

/** The expected answer, in the engine's terms. */
export interface ExpectedAnswer {
  readonly data: unknown
  /** One line per error: code, country, coordinate, and the path with its list indices. Sorted, each once. */
  readonly errors: readonly string[]
  /** Countries and domains that the operation concerns and that did not answer: `country domain reach code`. Sorted, each once. */
  readonly silent: readonly string[]
}

/** The failures of countries' domains during an operation, by `country domain`. A domain that is not listed answers. */
export type Silence = Readonly<Record<string, Outcome>>

/** Answers an operation from one store that has all rows. */
export type Oracle = (world: World, operation: Operation, silence?: Silence) => ExpectedAnswer

/** Makes the oracle: graphql-js over the API schema, with the plain resolvers of all domains. */
export function createOracle(apiSchema: GraphQLSchema): Oracle {
  const schema = buildSchema(printSchema(apiSchema))
  for (const domain of DOMAINS) {
    for (const [typeName, fields] of Object.entries(RESOLVERS[domain])) {
      const type = schema.getType(typeName)
      if (!type || !('getFields' in type)) throw new Error(`expected the type ${typeName} in the API schema`)
      for (const [name, resolve] of Object.entries(fields)) {
        const field = type.getFields()[name]
        if (!field) throw new Error(`expected the field ${typeName}.${name} in the API schema`)
        Object.assign(field, { resolve })
      }
    }
  }
  return (world, operation, silence = {}) => {
    const { context, errors, silent } = createOracleContext(world, silence)
    const { document, variables, operationName } = operation
    const answer = execute({ schema, document, variableValues: variables, contextValue: context, operationName })
    if (answer instanceof Promise) throw new Error('expected plain resolvers to answer at once')
    if (answer.errors) throw answer.errors[0]
    return { data: answer.data, errors: [...errors].sort(), silent: [...silent].sort() }
  }
}

interface OracleContext {
  readonly context: AnswerContext
  readonly errors: ReadonlySet<string>
  readonly silent: ReadonlySet<string>
}

function createOracleContext({ publishers, rows }: World, silence: Silence): OracleContext {
  const errors = new Set<string>()
  const silent = new Set<string>()
  const outcomeOf = (country: string, domain: Domain): Outcome => {
    const isPublished = publishers[country]?.includes(domain) ?? false
    const outcome = isPublished ? (silence[`${country} ${domain}`] ?? ANSWERED) : NOT_PUBLISHED
    if (outcome.reach !== 'ANSWERED') silent.add(`${country} ${domain} ${outcome.reach} ${outcome.code}`)
    return outcome
  }
  const context: AnswerContext = {
    rows,
    hasOutcomes: true,
    edgeCap: () => Number.POSITIVE_INFINITY,
    spread(domain, argument, info) {
      const set = argument ?? publishersOf(publishers, domain)
      const parts = [...new Set(set)].sort().map((country) => ({ country, outcome: outcomeOf(country, domain) }))
      if (!asksOutcomes(info)) {
        for (const { country, outcome } of parts) {
          if (outcome.reach !== 'ANSWERED') {
            errors.add(errorLine(outcome.reach, country, coordinateOf(info), pathOf(info)))
          }
        }
      }
      return parts
    },
    mayRead(domain, id, info) {
      const country = ownerOf(id)
      const { reach } = outcomeOf(country, domain)
      if (reach !== 'ANSWERED') errors.add(errorLine(reach, country, coordinateOf(info), pathOf(info)))
      return reach === 'ANSWERED'
    },
  }
  return { context, errors, silent }
}

const NOT_PUBLISHED: Outcome = { reach: 'NOT_PUBLISHED', code: null }

/** Formats an error as one line, for comparing. */
export function errorLine(
  code: unknown,
  country: unknown,
  coordinate: unknown,
  path: readonly (string | number)[],
): string {
  return `${code} ${country} ${coordinate} ${path.join('.')}`
}

/** Whether an operation asks for `outcomes` below a field. If not, an error says which countries are missing. */
function asksOutcomes({ schema, fragments, variableValues, returnType, fieldNodes }: GraphQLResolveInfo): boolean {
  const type = getNamedType(returnType)
  if (!isObjectType(type)) return false
  const fields = collectSubfields(schema, fragments, variableValues, type, fieldNodes as FieldNode[])
  return [...fields.values()].some(([node]) => node?.name.value === 'outcomes')
}

function coordinateOf(info: GraphQLResolveInfo): string {
  return `${info.parentType.name}.${info.fieldName}`
}

function pathOf(info: GraphQLResolveInfo): (string | number)[] {
  const steps: (string | number)[] = []
  for (let at: GraphQLResolveInfo['path'] | undefined = info.path; at; at = at.prev) steps.unshift(at.key)
  return steps
}
