import type { LegClaims } from '../../contract/leg-token.ts'
import { createExecutor, type GraphQLAnswer, LIMITS } from '../../subgraphs/kit/execute.ts'
import { createLoaders } from '../../subgraphs/kit/loaders.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import { type RowVisibility, readAs } from '../../subgraphs/kit/read-as.ts'
import type { Database, DomainModule, Reader } from '../../subgraphs/kit/types.ts'

/** A statement that an answer needed. */
export interface RanStatement {
  readonly text: string
  readonly params: readonly unknown[]
}

/** An answer, with how long it took and what it read. */
export interface AskedAnswer {
  readonly answer: GraphQLAnswer
  /** What failed inside, which the answer masks. */
  readonly inside: readonly unknown[]
  readonly ms: number
  readonly statements: readonly RanStatement[]
}

/** Asks one domain, as a leg of somebody with this visibility. */
export type AskNode = (
  query: string,
  variables: Readonly<Record<string, unknown>>,
  visibility: RowVisibility,
) => Promise<AskedAnswer>

/** Makes a function that answers questions over the country's rows as its node does, but without HTTP, tokens and rules. It only reads. */
export function createAskNode(module: DomainModule, db: Database, country: string): AskNode {
  const inside: unknown[] = []
  const execute = createExecutor(buildNodeSchema(module), LIMITS, (error) => void inside.push(error))
  return async (query, variables, visibility) => {
    inside.length = 0
    const statements: RanStatement[] = []
    const startedAt = performance.now()
    const answer = await execute(
      { query, variables },
      {
        country,
        claims: claimsFor(country),
        notes: [],
        countThreshold: 5,
        contactPoint: null,
        db: recording(readAs(db, visibility), statements),
        loader: createLoaders(),
      },
    )
    const ms = Math.round(performance.now() - startedAt)
    return { answer, inside: [...inside], ms, statements }
  }
}

function recording(reader: Reader, statements: RanStatement[]): Reader {
  return {
    query(text, params = [], plan) {
      statements.push({ text, params })
      return reader.query(text, params, plan)
    },
  }
}

/** No node is asked, so nobody checks these. */
function claimsFor(country: string): LegClaims {
  return {
    iss: 'istmo check',
    aud: country,
    sub: 'istmo check',
    iat: 0,
    exp: 0,
    jti: 'istmo check',
    act: { sub: 'istmo check' },
    op: '',
    scope: '',
  }
}
