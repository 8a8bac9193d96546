/** The statements that the node sends to PostgreSQL for an operation, recorded from the kit itself. */
import { loadDomains } from '../../subgraphs/domains.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { createExecutor, LIMITS } from '../../subgraphs/kit/execute.ts'
import { createLoaders } from '../../subgraphs/kit/loaders.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import { readAs } from '../../subgraphs/kit/read-as.ts'
import type { NodeContext } from '../../subgraphs/kit/types.ts'
import { TASK_FORCE } from '../trust/dress.ts'
import { COUNTRY, type NodeOperation } from './operations.ts'

/** A statement with its parameters. */
export interface SentStatement {
  readonly text: string
  readonly params: readonly unknown[]
}

/** Records the statements of each variant, in the order in which they are sent. One waits for the answer to the one before. */
export async function recordOperation(
  { domain, query, variants }: NodeOperation,
  url: string,
): Promise<readonly (readonly SentStatement[])[]> {
  const [module] = await loadDomains([domain])
  if (module === undefined) throw new Error(`expected the domain ${domain}`)
  const db = await openDatabase({ url })
  try {
    const execute = createExecutor(buildNodeSchema(module), LIMITS, () => undefined)
    const all: SentStatement[][] = []
    for (const variables of variants) {
      const sent: SentStatement[] = []
      const reader = readAs(db, { taskForce: TASK_FORCE, showsProtected: false })
      const recording: NodeContext['db'] = {
        query(text, params = []) {
          sent.push({ text, params })
          return reader.query(text, params)
        },
      }
      const context = {
        country: COUNTRY,
        db: recording,
        loader: createLoaders(),
        notes: [],
        countThreshold: 1,
        contactPoint: null,
      }
      const { errors } = await execute({ query, variables }, context as unknown as NodeContext)
      if (errors !== undefined) throw new Error(`expected an answer; came ${JSON.stringify(errors)}`)
      all.push(sent)
    }
    return all
  } finally {
    await db.close()
  }
}
