import type { DatabaseContext } from '../context.ts'
import type { Finding } from '../finding.ts'
import type { RowCondition } from './rows.ts'
import { countEach, queryUnhurried, ROW_TABLES } from './rows.ts'

/** The tables whose rows say with whom they are shared. */
const SHARED = ['cases.case_file', 'cases.warrant', 'persons.person', 'legal.mla_request']

/** The condition for a code that has the form of one (rows.ts), but is not in the list. */
const unknownCode = (code: string): string =>
  `${code} ~ '^([0-9]{2}|[0-9]{4,6})$' and not exists (select from reference.iccs_code known where known.code = ${code})`

/** The conditions of codes of the ICCS that are not in the list, by table. */
const UNKNOWN_CODES: Readonly<Record<string, string>> = {
  'cases.offence': unknownCode('offence.iccs'),
  'legal.statute': `exists (select from unnest(iccs) as codes(code) where ${unknownCode('codes.code')})`,
}

/** Checks what rows name: records of the country, codes of the ICCS, task forces. */
export async function checkReferences(context: DatabaseContext): Promise<readonly Finding[]> {
  const { db, modules, country, options } = context
  const domains = new Set<string>(modules.map(({ domain }) => domain))
  const isServed = (table: string): boolean => domains.has(table.split('.', 1)[0] ?? '')
  // Without a list of codes, only their form can be checked.
  const [codes] = await db.query<{ listed: boolean }>('select exists (select from reference.iccs_code) as listed')
  const findings: Finding[] = []
  for (const { table, names, ids } of ROW_TABLES.filter((one) => isServed(one.table))) {
    const alias = table.split('.')[1] ?? ''
    const conditions = ids.flatMap(({ column, target }): readonly RowCondition[] => {
      if (target === undefined || !isServed(target)) return []
      const condition = `left(${alias}.${column}, 3) = '${country}:' and not exists (select from ${target} target where target.id = ${alias}.${column})`
      return [{ id: 'REFERENCE_DANGLES', place: `${table}.${column}`, condition, details: { target } }]
    })
    const condition = codes?.listed ? UNKNOWN_CODES[table] : undefined
    const unknown: readonly RowCondition[] =
      condition === undefined ? [] : [{ id: 'ICCS_UNKNOWN', place: `${table}.iccs`, condition, details: {} }]
    findings.push(...(await countEach(db, { table, names, most: options.examples }, [...conditions, ...unknown])))
  }
  for (const table of SHARED.filter(isServed)) findings.push(...(await checkSharing(context, table)))
  return findings
}

/** Checks that rows are shared with task forces that the country file names. Without the file, only that they are shared at all. */
async function checkSharing({ db, rules, options }: DatabaseContext, table: string): Promise<readonly Finding[]> {
  const place = `${table}.shared_with`
  const [some] = await queryUnhurried<{ rows: boolean; shared: boolean }>(
    db,
    `select exists (select from ${table}) as rows, exists (select from ${table} where cardinality(shared_with) > 0) as shared`,
  )
  if (some?.rows !== true) return []
  if (!some.shared) return [{ id: 'SHARED_WITH_NOBODY', place }]
  // `*` shows each task force only H0 and H1 (docs/access.md, Rows): nobody sees the others.
  const condition = `shared_with = '{*}' and not handling <@ '{H0,H1}'`
  const hides = { id: 'HANDLING_HIDES', place: `${table}.handling`, condition, details: {} } as const
  const hidden = await countEach(db, { table, names: 'id', most: options.examples }, [hides])
  if (rules === null) return hidden
  const unknown = await queryUnhurried<{ name: string; count: number }>(
    db,
    `select name, count(*)::float8 as count from ${table}, unnest(shared_with) as named(name)
     where not name = any($1::text[]) group by 1 order by 1`,
    [['*', ...rules.read.access.taskForces.map(({ id }) => id)]],
  )
  if (unknown.length === 0) return hidden
  const count = unknown.reduce((sum, one) => sum + one.count, 0)
  const names = unknown.slice(0, options.examples).map(({ name }) => name)
  return [...hidden, { id: 'SHARED_WITH_UNKNOWN', place, count, details: { taskForces: names.join(', ') } }]
}
