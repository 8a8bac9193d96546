/** Composes and serves the subgraphs of a pattern, without a gateway. A separate file, because loading the stock gateway takes a second. */
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql'
import type { SubgraphError } from '../../../gateway/types/flow.ts'
import type { Subgraph } from './pattern.ts'

interface SubgraphAnswer {
  readonly data?: unknown
  readonly errors?: readonly SubgraphError[]
}

/** Answers a request to one subgraph in process, with the JSON value that its server would send. */
export type Serve = (
  name: string,
  query: string,
  variables: Readonly<Record<string, unknown>>,
) => Promise<SubgraphAnswer>

/**
 * Composes the subgraphs of a pattern.
 * @throws {Error} with the messages of composition, if the subgraphs do not compose.
 */
export function composePattern(subgraphs: readonly Subgraph[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, url: `http://${name}.invalid/`, typeDefs: parse(sdl) })),
  )
  if (!supergraphSdl) throw new Error(`expected subgraphs that compose; came ${errors?.map(String).join('\n')}`)
  return supergraphSdl
}

/** Serves subgraphs with graphql-js. Requests and answers pass through JSON. Each text is parsed and validated only once. */
export function serveInProcess(subgraphs: readonly Subgraph[]): Serve {
  const servers = new Map(subgraphs.map((subgraph) => [subgraph.name, createServer(subgraph)]))
  return async (name, query, variables) => {
    const serve = servers.get(name)
    if (!serve) throw new Error(`expected one of ${[...servers.keys()].join(', ')}; came ${name}`)
    const variableValues = JSON.parse(JSON.stringify(variables))
    return JSON.parse(JSON.stringify(await serve(query, variableValues)))
  }
}

function createServer({ sdl, resolvers }: Subgraph) {
  const schema = buildSubgraphSchema([
    {
      typeDefs: parse(sdl),
      resolvers: resolvers as Record<string, Record<string, GraphQLFieldResolver<unknown, unknown>>>,
    },
  ])
  const documents = new Map<string, DocumentNode | readonly GraphQLError[]>()
  return (query: string, variableValues: Record<string, unknown>): MaybePromise<ExecutionResult> => {
    const document = documents.get(query) ?? parseAndValidate(schema, query)
    documents.set(query, document)
    return 'kind' in document ? execute({ schema, document, variableValues }) : { errors: document }
  }
}

type MaybePromise<T> = T | Promise<T>

function parseAndValidate(schema: GraphQLSchema, query: string): DocumentNode | readonly GraphQLError[] {
  const document = parse(query)
  const errors = validate(schema, document)
  return errors.length > 0 ? errors : document
}
