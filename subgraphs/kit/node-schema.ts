import { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLSchema } from 'graphql'
import { SCALARS } from '../../contract/scalars.ts'
import { guardAnsweredBy } from './answered-by.ts'
import { isolateEntities } from './entities.ts'
import { noteListFields } from './lists-ahead.ts'
import { answerFromKeptRoots } from './plans/answer-by-plan.ts'
import { checkRowValues } from './row-values.ts'
import type { DomainModule } from './types.ts'

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
