import { type Said, sayBoth } from '../../../contract/said.ts'
import { checkReader, readAs } from '../../../subgraphs/kit/read-as.ts'
import { findOpenTables } from '../../../subgraphs/kit/row-watch.ts'
import { describeTableText, ReaderUnsafe, type TableText } from '../../../subgraphs/kit/table-problem.ts'
import type { Database, DomainModule } from '../../../subgraphs/kit/types.ts'
import type { DatabaseContext } from '../context.ts'
import type { Finding } from '../finding.ts'

/** Tables that have rows of victims, witnesses or minors, with the domain that has them and the condition of such a row. */
const PROTECTED: readonly { readonly table: string; readonly domain: string; readonly condition: string }[] = [
  { table: 'persons.person', domain: 'persons', condition: 'protected' },
  { table: 'cases.participant', domain: 'cases', condition: `role in ('WITNESS', 'VICTIM')` },
]

/**
 * Checks who sees which rows: what a node checks at each start (row-proof.ts, read-as.ts), and that no task force sees protected rows unless it may.
 * Our own policies are tried on the rows too, not only compared with the text of the migrations.
 */
export async function checkVisibility(context: DatabaseContext): Promise<readonly Finding[]> {
  const { db, modules } = context
  const unsafe = await findUnsafeReader(db, modules)
  if (unsafe.length > 0) return unsafe
  const open = await findOpen(db, modules, 'prove our own policies')
  return [...open, ...(await findProtectedShown(context, new Set(open.map(({ place }) => place))))]
}

/** Finds tables that show rows to a leg that may not see them. */
export async function findOpen(
  db: Database,
  modules: readonly DomainModule[],
  ...proof: readonly 'prove our own policies'[]
): Promise<readonly Finding[]> {
  const schemas = modules.map(({ domain }) => domain)
  const tables = modules.flatMap((module) => (module.tables === undefined ? [] : [module.tables]))
  const open = await findOpenTables(db, schemas, tables, ...proof)
  return open.map(({ table, says: { problem, remedy } }) => ({
    id: 'TABLE_OPEN',
    place: table,
    details: { problem: sayTable(problem), remedy: sayTable(remedy) },
  }))
}

/** Says a text of a table in each language. */
export function sayTable(text: TableText): Said {
  return sayBoth((language) => describeTableText(text, language))
}

/** Finds what keeps row-level security from binding the role that reads for legs. */
export async function findUnsafeReader(db: Database, modules: readonly DomainModule[]): Promise<readonly Finding[]> {
  try {
    await checkReader(db, [...modules.map(({ domain }) => domain), 'istmo'])
    return []
  } catch (error) {
    if (!(error instanceof ReaderUnsafe)) throw error
    const reason = error.problem === null ? error.message : sayTable(error.problem)
    return [{ id: 'READER_UNSAFE', place: 'istmo_reader', details: { reason } }]
  }
}

/** Reads as each task force that the country recognises. A table that is open anyway was named already. */
async function findProtectedShown(
  { db, rules, modules }: DatabaseContext,
  open: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const taskForces = (rules?.read.access.taskForces ?? []).map(({ id }) => id)
  const findings: Finding[] = []
  for (const { table, domain, condition } of PROTECTED) {
    if (open.has(table) || !modules.some((module) => module.domain === domain)) continue
    for (const taskForce of taskForces) {
      const text = `select exists (select from ${table} where ${condition}) as found`
      const [row] = await readAs(db, { taskForce, showsProtected: false }).query<{ found: boolean }>(text)
      if (row?.found !== true) continue
      findings.push({ id: 'PROTECTED_SHOWN', place: table, details: { taskForce } })
      break
    }
  }
  return findings
}
