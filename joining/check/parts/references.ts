import type { Database } from '../../../subgraphs/kit/types.ts'
import type { DatabaseContext } from '../context.ts'
import type { Finding } from '../finding.ts'
import type { RowCondition } from '../rows/conditions.ts'
import { countEach, queryUnhurried } from '../rows/count-rows.ts'
import { ROW_TABLES } from '../rows/tables.ts'

/** The tables whose rows say with whom they are shared. */
const SHARED = ['cases.case_file', 'cases.warrant', 'persons.person', 'legal.mla_request']

/** The condition for a code that has the form of one (rows/conditions.ts), but is not in the list. */
const unknownCode = (code: string): string =>
  `${code} ~ '^([0-9]{2}|[0-9]{4,6})$' and not exists (select from reference.iccs_code known where known.code = ${code})`

/** The columns of ICCS codes. */
const ICCS = [
  { table: 'cases.offence', unknown: unknownCode('offence.iccs') },
  {
    table: 'legal.statute',
    unknown: `exists (select from unnest(iccs) as codes(code) where ${unknownCode('codes.code')})`,
  },
]

/** Checks what rows name: records of the country, codes of the ICCS, task forces. */
export async function checkReferences(context: DatabaseContext): Promise<readonly Finding[]> {
  const { db, modules, country, options } = context
  const domains = new Set<string>(modules.map(({ domain }) => domain))
  const isServed = (table: string): boolean => domains.has(table.split('.', 1)[0] ?? '')
  const findings: Finding[] = []
  for (const { table, names, ids } of ROW_TABLES.filter((one) => isServed(one.table))) {
    const alias = table.split('.')[1] ?? ''
    const conditions = ids.flatMap(({ column, target }): readonly RowCondition[] => {
      if (target === undefined || !isServed(target)) return []
      const condition = `left(${alias}.${column}, 3) = '${country}:' and not exists (select from ${target} target where target.id = ${alias}.${column})`
      return [{ id: 'REFERENCE_DANGLES', place: `${table}.${column}`, condition, details: { target } }]
    })
    findings.push(...(await countEach(db, { table, names, most: options.examples }, conditions)))
  }
  return [...findings, ...(await checkCodes(context, isServed)), ...(await checkSharing(context, isServed))]
}

async function checkCodes(
  { db, options }: DatabaseContext,
  isServed: (table: string) => boolean,
): Promise<readonly Finding[]> {
  const [list] = await db.query<{ found: boolean }>('select exists (select from reference.iccs_code) as found')
  // Without a list of codes, only their form can be checked.
  if (list?.found !== true) return []
  const findings: Finding[] = []
  for (const { table, unknown } of ICCS.filter((one) => isServed(one.table))) {
    const names = ROW_TABLES.find((one) => one.table === table)?.names ?? 'id'
    const condition: RowCondition = { id: 'ICCS_UNKNOWN', place: `${table}.iccs`, condition: unknown, details: {} }
    findings.push(...(await countEach(db, { table, names, most: options.examples }, [condition])))
  }
  return findings
}

/** Checks that rows are shared with task forces that the country file names. Without the file, only that they are shared at all. */
async function checkSharing(
  { db, rules, options }: DatabaseContext,
  isServed: (table: string) => boolean,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const table of SHARED.filter(isServed)) {
    const [some] = await queryUnhurried<{ rows: boolean; shared: boolean }>(
      db,
      `select exists (select from ${table}) as rows, exists (select from ${table} where cardinality(shared_with) > 0) as shared`,
    )
    if (some?.rows !== true) continue
    if (!some.shared) {
      findings.push({ id: 'SHARED_WITH_NOBODY', place: `${table}.shared_with` })
      continue
    }
    findings.push(...(await findHidden(db, table)))
    if (rules === null) continue
    const known = ['*', ...rules.read.access.taskForces.map(({ id }) => id)]
    const unknown = await queryUnhurried<{ name: string; count: number }>(
      db,
      `select name, count(*)::float8 as count from ${table}, unnest(shared_with) as named(name)
       where not name = any($1::text[]) group by 1 order by 1`,
      [known],
    )
    if (unknown.length === 0) continue
    const count = unknown.reduce((sum, one) => sum + one.count, 0)
    const names = unknown.slice(0, options.examples).map(({ name }) => name)
    const details = { taskForces: names.join(', ') }
    findings.push({ id: 'SHARED_WITH_UNKNOWN', place: `${table}.shared_with`, count, details })
  }
  return findings
}

/** Finds rows that are shared with each task force by `*`, which shows only H0 and H1 (docs/access.md, Rows): nobody sees them. */
async function findHidden(db: Database, table: string): Promise<readonly Finding[]> {
  const [row] = await queryUnhurried<{ count: number }>(
    db,
    `select count(*)::float8 as count from ${table} where shared_with = '{*}' and not handling <@ '{H0,H1}'`,
  )
  const count = row?.count ?? 0
  return count === 0 ? [] : [{ id: 'HANDLING_HIDES', place: `${table}.handling`, count }]
}
