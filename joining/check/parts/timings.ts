import type { Domain } from '../../../contract/domain.ts'
import { readWords } from '../../../contract/read-words.ts'
import { type RowVisibility, readAs } from '../../../subgraphs/kit/read-as.ts'
import type { Database } from '../../../subgraphs/kit/types.ts'
import { chooseTaskForce, createAskNode, type RanStatement } from '../ask-node.ts'
import { type DatabaseContext, deadlineOf } from '../context.ts'
import type { Finding } from '../finding.ts'

/** From how many rows on a table must not be read whole for a page. */
const MANY_ROWS = 50_000

/** The table by which a task force is chosen. */
const SHARED: Readonly<Record<Domain, string>> = {
  cases: 'cases.case_file',
  persons: 'persons.person',
  legal: 'legal.mla_request',
}

/**
 * Asks the usual questions over the country's rows, as the task force that sees most of them, and compares how long each takes with the time that a leg
 * has. The slowest of three runs counts, after one that warms up.
 */
export async function checkTimings(context: DatabaseContext): Promise<readonly Finding[]> {
  const { db, modules, country } = context
  const findings: Finding[] = []
  for (const module of modules) {
    const { domain } = module
    const visibility = { taskForce: await chooseTaskForce(context, SHARED[domain]), showsProtected: false }
    const ask = createAskNode(module, db, country)
    for (const { name, query, variables, readsAll } of await listQuestions(db, domain, country)) {
      const runs = [await ask(query, variables, visibility)]
      const failed = runs[0]?.inside[0] ?? runs[0]?.answer.errors?.[0]
      if (failed !== undefined) {
        const reason = (failed as { readonly message?: string }).message ?? String(failed)
        findings.push({ id: 'ANSWER_FAILS', place: name, details: { reason } })
        continue
      }
      while (runs.length < 4) runs.push(await ask(query, variables, visibility))
      const ms = Math.max(...runs.slice(1).map((run) => run.ms))
      const deadlineMs = deadlineOf(context, domain)
      if (ms > deadlineMs / 2) {
        findings.push({ id: ms > deadlineMs ? 'ANSWER_LATE' : 'ANSWER_SLOW', place: name, details: { ms, deadlineMs } })
      }
      if (!readsAll) findings.push(...(await findWholeReads(db, name, runs[0]?.statements ?? [], visibility)))
    }
  }
  return findings
}

/** Looks at the plans of a question's statements for large tables that they read whole. */
async function findWholeReads(
  db: Database,
  question: string,
  statements: readonly RanStatement[],
  visibility: RowVisibility,
): Promise<readonly Finding[]> {
  const found = new Map<string, Finding>()
  for (const { text, params } of statements) {
    const [row] = await readAs(db, visibility).query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
      `explain (format json, verbose) ${text}`,
      params,
    )
    const plan = row?.['QUERY PLAN'][0]?.Plan
    for (const { schema, name } of plan === undefined ? [] : listWholeReads(plan)) {
      const table = `${schema}.${name}`
      const [size] = await db.query<{ rows: number }>(
        'select reltuples::float8 as rows from pg_class where oid = to_regclass($1)',
        [table],
      )
      const rows = size?.rows ?? 0
      if (rows >= MANY_ROWS)
        found.set(table, { id: 'PLAN_READS_ALL', place: table, details: { question, table, rows } })
    }
  }
  return [...found.values()]
}

/** A node of a plan in PostgreSQL's JSON form. */
export interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Schema?: string
  readonly Plans?: readonly Plan[]
}

/** Lists the tables that a plan reads whole. Below a limit, it reads until it has enough rows. */
export function listWholeReads(plan: Plan): readonly { readonly schema: string; readonly name: string }[] {
  if (plan['Node Type'] === 'Limit') return []
  const below = (plan.Plans ?? []).flatMap(listWholeReads)
  const name = plan['Relation Name']
  if (plan['Node Type'] !== 'Seq Scan' || name === undefined) return below
  return [{ schema: plan.Schema ?? 'public', name }, ...below]
}

/** A question that officers ask every day. */
interface UsualQuestion {
  /** The field, and what is asked with it. */
  readonly name: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  /** Whether it has to read all rows: a statistic. */
  readonly readsAll?: true
}

/** What usual-questions.yaml has. */
interface UsualQuestions {
  readonly page: string
  readonly domains: Readonly<
    Record<
      Domain,
      {
        readonly sample: string
        readonly questions: readonly (UsualQuestion & { readonly needs?: readonly string[] })[]
      }
    >
  >
}

/** Lists the usual questions of a domain, about records that the database has. */
async function listQuestions(db: Database, domain: Domain, country: string): Promise<readonly UsualQuestion[]> {
  const { page, domains } = readWords<UsualQuestions>(new URL('usual-questions.yaml', import.meta.url))
  const { sample, questions } = domains[domain]
  const [row] = await db.query<Record<string, unknown>>(sample)
  const values: Readonly<Record<string, unknown>> = { ...row, countries: [country] }
  const fill = (_: string, value: unknown) =>
    typeof value === 'string' && value.startsWith('$') ? values[value.slice(1)] : value
  return questions
    .filter(({ needs = [] }) => needs.every((name) => values[name] !== null && values[name] !== undefined))
    .map(({ query, variables, ...question }) => ({
      ...question,
      query: query.replace('PAGE', page),
      variables: JSON.parse(JSON.stringify(variables), fill),
    }))
}
