import { isLastDayOver } from '../../contract/last-day.ts'
import { createExecutor, type GraphQLAnswer, LIMITS } from '../../subgraphs/kit/execute.ts'
import { createLoaders } from '../../subgraphs/kit/loaders.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import { type RowVisibility, readAs } from '../../subgraphs/kit/read-as.ts'
import type { Database, DomainModule, Reader } from '../../subgraphs/kit/types.ts'
import type { DatabaseContext } from './context.ts'
import { queryUnhurried } from './parts/rows.ts'

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
        claims: { ...CLAIMS, aud: country },
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

const NAME = 'istmo check'
/** No node is asked, so nobody checks these. */
const CLAIMS = { iss: NAME, sub: NAME, jti: NAME, act: { sub: NAME }, iat: 0, exp: 0, op: '', scope: '' }

/**
 * Chooses as whom the check asks: of the task forces that the country recognises, or else that rows name, the one that sees most rows. If no file and no row names
 * one, it is nobody's, which sees what is shared with each.
 * @param table a table with `shared_with` and `handling`.
 */
export async function chooseTaskForce({ db, rules, now }: DatabaseContext, table: string): Promise<string> {
  const recognised = (rules?.read.access.taskForces ?? []).filter(({ notAfter }) => !isLastDayOver(notAfter, now))
  const rows = await queryUnhurried<{ name: string; rows: number }>(
    db,
    `select name, count(*)::float8 as rows from ${table}, unnest(shared_with) as named(name) where name <> '*'
     group by 1 order by 2 desc, 1 limit 100`,
  )
  const seen = new Map(rows.map(({ name, rows: count }) => [name, count]))
  const candidates = recognised.length > 0 ? recognised.map(({ id }) => id) : [...seen.keys()]
  const [best = NAME] = candidates.toSorted((left, right) => (seen.get(right) ?? 0) - (seen.get(left) ?? 0))
  return best
}
