import type { Logger } from 'pino'
import { findUncovered } from './coverage.ts'
import { loggable } from './loggable.ts'
import { findOpenTables } from './row-proof.ts'
import type { TableProblem } from './table-problem.ts'
import type { Database, DomainModule } from './types.ts'

/** Keeps a domain from answering while its tables would make the answers wrong. */
export interface RowWatch {
  /** Why the domain cannot answer; undefined if it can. */
  problemOf(domain: string): TableProblem | undefined
  /** Looks at the tables again, now. */
  check(): Promise<void>
  /** Stops looking. */
  close(): void
}

/** How long the watch rests between two checks, in milliseconds. */
const LEAST_PAUSE_MS = 60_000
/** A check rests so many times as long as it took, so that it never costs more than one hundredth of the database's time. */
const PAUSE_PER_CHECK = 100

type Module = Pick<DomainModule, 'domain' | 'tables'>

/**
 * Checks the tables of the domains: that they hide their rows (row-proof.ts), and that everything derived from them covers them
 * (coverage.ts). Then it checks them again from time to time.
 * @returns the watch. A domain whose derived data does not cover its rows is not ready.
 * @throws {Error} if a table shows rows that must be hidden. The message names each table, with its remedy. The node does not start.
 */
export async function watchRows(db: Database, modules: readonly Module[], log: Logger): Promise<RowWatch> {
  const open = await findOpenByDomain(db, modules)
  if (open.size > 0) throw new Error(describeOpen([...new Set(open.values())]))
  let problems: ReadonlyMap<string, TableProblem> = new Map()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const check = async (known?: ReadonlyMap<string, TableProblem>): Promise<void> => {
    const found = new Map(known ?? (await findOpenByDomain(db, modules)))
    for (const { domain, tables } of modules) {
      const [first] = tables === undefined || found.has(domain) ? [] : await findUncovered(db, tables)
      if (first !== undefined) found.set(domain, first)
    }
    logChanges(log, problems, found)
    problems = found
  }
  const checkLater = (pauseMs: number): void => {
    if (isClosed) return
    timer = setTimeout(async () => {
      const startedAt = performance.now()
      // A database that does not answer is found by the legs. What was known before still holds.
      await check().catch((error: unknown) => log.warn({ err: loggable(error) }, 'the tables could not be checked'))
      checkLater(Math.max(LEAST_PAUSE_MS, PAUSE_PER_CHECK * (performance.now() - startedAt)))
    }, pauseMs)
    timer.unref()
  }
  await check(open)
  checkLater(LEAST_PAUSE_MS)
  return {
    problemOf: (domain) => problems.get(domain),
    check: () => check(),
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

async function findOpenByDomain(db: Database, modules: readonly Module[]): Promise<ReadonlyMap<string, TableProblem>> {
  const tables = modules.flatMap((module) => (module.tables === undefined ? [] : [module.tables]))
  const schemas = modules.map(({ domain }) => domain)
  const found = new Map<string, TableProblem>()
  for (const problem of await findOpenTables(db, schemas, tables)) {
    const schema = problem.table.split('.', 1)[0] ?? ''
    // What stands in the kit’s own schema decides for each domain.
    const concerned = schemas.some((domain) => domain === schema) ? [schema] : schemas
    for (const domain of concerned) if (!found.has(domain)) found.set(domain, problem)
  }
  return found
}

function describeOpen(problems: readonly TableProblem[]): string {
  const lines = problems.map(({ table, problem, remedy }) => `- ${table}: ${problem}. ${remedy}`)
  return `Expected tables that hide their rows from a leg that may not see them (docs/access.md, Rows):\n${lines.join('\n')}`
}

function logChanges(
  log: Logger,
  before: ReadonlyMap<string, TableProblem>,
  now: ReadonlyMap<string, TableProblem>,
): void {
  for (const [domain, problem] of now) {
    const { says: _, ...said } = problem
    if (before.get(domain)?.table !== problem.table) log.error({ domain, ...said }, 'a domain is not ready')
  }
  for (const domain of before.keys()) if (!now.has(domain)) log.info({ domain }, 'a domain is ready again')
}
