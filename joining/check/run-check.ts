import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type DocumentNode, parse } from 'graphql'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { said } from '../../contract/said.ts'
import { ConfigError } from '../../service/config-error.ts'
import { describeError } from '../../service/describe-error.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { findPending } from '../../subgraphs/kit/migrate.ts'
import type { Database, DomainModule } from '../../subgraphs/kit/types.ts'
import type { CheckContext, CheckOptions } from './context.ts'
import { type Finding, NotChecked, PARTS, type PartName, type PartResult } from './finding.ts'
import { checkCertificates } from './parts/certificates.ts'
import { checkClock } from './parts/clock.ts'
import { checkDerived } from './parts/derived.ts'
import { checkGraph } from './parts/graph.ts'
import { checkOperations } from './parts/operations.ts'
import { checkReferences } from './parts/references.ts'
import { checkRows } from './parts/rows.ts'
import { checkRules, readRules } from './parts/rules.ts'
import { checkSchema } from './parts/schema.ts'
import { checkSdl } from './parts/sdl.ts'
import { checkSearch } from './parts/search.ts'
import { checkTimings } from './parts/timings.ts'
import { checkVisibility } from './parts/visibility.ts'
import type { CheckResult } from './report.ts'

const CHECKS: Readonly<Record<PartName, (context: CheckContext) => readonly Finding[] | Promise<readonly Finding[]>>> =
  {
    rules: checkRules,
    sdl: checkSdl,
    graph: checkGraph,
    operations: checkOperations,
    certificates: checkCertificates,
    clock: checkClock,
    schema: checkSchema,
    visibility: checkVisibility,
    rows: checkRows,
    references: checkReferences,
    derived: checkDerived,
    search: checkSearch,
    timings: checkTimings,
  }

/** What a check needs besides the options of its parts. */
export interface CheckRequest {
  readonly country: string
  /** Undefined: those of the country file, else all. */
  readonly domains?: readonly Domain[] | undefined
  readonly databaseUrl?: string | undefined
  readonly databaseFolder?: string | undefined
  /** A database that is already open, in place of those. The check does not close it. */
  readonly db?: Database
  readonly options: CheckOptions
  /** Undefined: all. */
  readonly only?: readonly PartName[] | undefined
  /** Called before each part. */
  readonly onPart?: (name: PartName) => void
}

/**
 * Checks a country: what is wrong is a finding, also if it keeps a part from its end.
 * @throws {ConfigError} if an option names a file or folder that cannot be read.
 */
export async function runCheck(request: CheckRequest): Promise<CheckResult> {
  const { country, options, only = PARTS } = request
  const { rules, findings } =
    options.rules === undefined ? { rules: null, findings: [] } : await readRules(options.rules, country, '--rules')
  const modules = await loadDomains(request.domains ?? (rules === null ? DOMAINS : [...rules.file.domains.keys()]))
  const supergraph = options.supergraph === undefined ? null : await readSupergraph(options.supergraph)
  const needsDatabase = only.some((name) => !WITHOUT_DATABASE.has(name))
  const database = needsDatabase ? await openRows(request, modules) : NO_DATABASE
  try {
    const { db, lacksDatabase } = database
    const context = { country, modules, options, rules, supergraph, db, lacksDatabase, now: Date.now() }
    const results = await runParts(context, request)
    return {
      country,
      checkedAt: new Date(context.now).toISOString(),
      parts: results.map(({ part }) => part),
      findings: [...findings, ...database.findings, ...results.flatMap((result) => result.findings)],
    }
  } finally {
    await database.close()
  }
}

const WITHOUT_DATABASE: ReadonlySet<PartName> = new Set(['rules', 'sdl', 'graph', 'operations', 'certificates'])

interface RanPart {
  readonly part: PartResult
  readonly findings: readonly Finding[]
}

async function runParts(context: CheckContext, { only = PARTS, onPart }: CheckRequest): Promise<readonly RanPart[]> {
  const results: RanPart[] = []
  for (const name of PARTS.filter((one) => only.includes(one))) {
    onPart?.(name)
    results.push(await runPart(name, context))
  }
  return results
}

async function runPart(name: PartName, context: CheckContext): Promise<RanPart> {
  const startedAt = performance.now()
  const end = (state: PartResult['state'], findings: readonly Finding[]): RanPart => ({
    part: { name, state, ms: Math.round(performance.now() - startedAt) },
    findings,
  })
  try {
    return end('done', await CHECKS[name](context))
  } catch (error) {
    if (error instanceof NotChecked) {
      return end('not-done', [{ id: 'NOT_CHECKED', place: name, details: { lacks: error.lacks } }])
    }
    if (error instanceof ConfigError) throw error
    const reason = describeError(error)
    return end('failed', [{ id: 'CHECK_FAILED', place: name, details: { reason } }])
  }
}

interface OpenedRows {
  readonly db: Database | null
  readonly lacksDatabase: CheckContext['lacksDatabase']
  readonly findings: readonly Finding[]
  readonly close: () => Promise<void>
}

const NO_DATABASE: OpenedRows = {
  db: null,
  lacksDatabase: '--database-url URL | --database-folder DIR',
  findings: [],
  close: () => Promise.resolve(),
}

/** Opens the rows, and changes nothing in them: a check makes no folder and runs no migration. */
async function openRows(request: CheckRequest, modules: readonly DomainModule[]): Promise<OpenedRows> {
  const { databaseUrl: url, databaseFolder: folder, country } = request
  if (request.db === undefined && url === undefined && folder === undefined) return NO_DATABASE
  if (folder !== undefined && !existsSync(folder)) {
    throw new ConfigError(
      `${folder}: expected the folder of a node’s database; it is missing. Correct --database-folder.`,
    )
  }
  const unusable = (reason: string): Finding => ({ id: 'DATABASE_UNUSABLE', place: 'database', details: { reason } })
  const lacksDatabase = said('a database that can be used', 'una base de datos que se pueda usar')
  let db: Database
  try {
    db = request.db ?? (await openDatabase({ url, folder }))
  } catch (error) {
    const reason = describeError(error)
    return { ...NO_DATABASE, lacksDatabase, findings: [unusable(reason)] }
  }
  const close = async (): Promise<void> => (request.db === undefined ? db.close() : undefined)
  try {
    const found = await findUnfit(db, modules, country)
    if (found === null) return { db, lacksDatabase: '', findings: [], close }
    return { db: null, lacksDatabase, findings: [found], close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A database without tables, or of another country, is not looked at any further. */
async function findUnfit(db: Database, modules: readonly DomainModule[], country: string): Promise<Finding | null> {
  const pending = await findPending(db, modules)
  if (modules.some(({ domain }) => pending.some((name) => name.startsWith(`${domain}/001`)))) {
    const reason = said(
      'it has no tables of this country. Start the node once: it makes them',
      'no tiene tablas de este país. Arranque el nodo una vez: él las crea',
    )
    return { id: 'DATABASE_UNUSABLE', place: 'database', details: { reason } }
  }
  return (await findOtherCountry(db, country))[0] ?? null
}

/** Finds that a database has the records of another country. */
export async function findOtherCountry(db: Database, country: string): Promise<readonly Finding[]> {
  const [row] = await db.query<{ value: string }>(`select value from istmo.setting where name = 'country'`)
  if (row === undefined || row.value === country) return []
  return [{ id: 'DATABASE_OF_OTHER_COUNTRY', place: 'database', details: { country, came: row.value } }]
}

async function readSupergraph(file: string): Promise<DocumentNode> {
  try {
    return parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new ConfigError(`${file}: expected a readable composed supergraph. Correct --supergraph.`, { cause })
  }
}
