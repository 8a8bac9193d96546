import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type DocumentNode, parse } from 'graphql'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { type Said, sayBoth } from '../../contract/said.ts'
import { ConfigError } from '../../service/config-error.ts'
import { describeError } from '../../service/describe-error.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { findPending } from '../../subgraphs/kit/migrate.ts'
import type { Database, DomainModule } from '../../subgraphs/kit/types.ts'
import type { CheckContext, CheckOptions, DatabaseContext } from './context.ts'
import { type Finding, NotChecked } from './finding.ts'
import { checkSearch, checkTimings } from './parts/answers.ts'
import { checkCertificates } from './parts/certificates.ts'
import { checkClock } from './parts/clock.ts'
import { checkDerived, checkReferences, checkRows } from './parts/rows.ts'
import { checkRules, readRules } from './parts/rules.ts'
import { checkSchema, checkVisibility } from './parts/schema.ts'
import { checkGraph, checkOperations, checkSdl } from './parts/sdl.ts'
import { checkWords } from './words.ts'

type Found = readonly Finding[] | Promise<readonly Finding[]>

/** The parts of a check that need no database. That of the clocks looks at its clock if there is one. */
const PARTS_WITHOUT_ROWS = {
  rules: checkRules,
  sdl: checkSdl,
  graph: checkGraph,
  operations: checkOperations,
  certificates: checkCertificates,
  clock: checkClock,
} as const satisfies Readonly<Record<string, (context: CheckContext) => Found>>

/** The parts that read the country's database. */
const PARTS_OF_ROWS = {
  schema: checkSchema,
  visibility: checkVisibility,
  rows: checkRows,
  references: checkReferences,
  derived: checkDerived,
  search: checkSearch,
  timings: checkTimings,
} as const satisfies Readonly<Record<string, (context: DatabaseContext) => Found>>

/** The name of a part. */
export type PartName = keyof typeof PARTS_WITHOUT_ROWS | keyof typeof PARTS_OF_ROWS

/** The parts of a check, in the order in which they run. */
export const PARTS = [...Object.keys(PARTS_WITHOUT_ROWS), ...Object.keys(PARTS_OF_ROWS)] as readonly PartName[]

/** How one part ended. */
export interface PartResult {
  readonly name: PartName
  /** `not-done`: it lacked something, which a NOT_CHECKED names. `failed`: it broke off, which a CHECK_FAILED names. */
  readonly state: 'done' | 'not-done' | 'failed'
  readonly ms: number
}

/** What a check found, in the order of its parts. */
export interface CheckResult {
  readonly country: string
  /** ISO 8601. */
  readonly checkedAt: string
  readonly parts: readonly PartResult[]
  readonly findings: readonly Finding[]
}

const readsRows = (name: PartName): name is keyof typeof PARTS_OF_ROWS => Object.hasOwn(PARTS_OF_ROWS, name)

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
  const { country, options, only = PARTS, onPart } = request
  const { rules, findings: ofRules } =
    options.rules === undefined ? { rules: null, findings: [] } : await readRules(options.rules, country, '--rules')
  const modules = await loadDomains(request.domains ?? (rules === null ? DOMAINS : [...rules.file.domains.keys()]))
  const supergraph = options.supergraph === undefined ? null : await readSupergraph(options.supergraph)
  const isOpened = only.some((name) => name === 'clock' || readsRows(name))
  const { db, lacksDatabase, found, close } = isOpened ? await openRows(request, modules) : NO_DATABASE
  try {
    const now = Date.now()
    const context = { country, modules, options, rules, supergraph, db, lacksDatabase, now }
    const parts: PartResult[] = []
    const findings = [...ofRules, ...(found === null ? [] : [found])]
    for (const name of PARTS.filter((one) => only.includes(one))) {
      onPart?.(name)
      const startedAt = performance.now()
      const ended = await runPart(name, context)
      parts.push({ name, state: ended.state, ms: Math.round(performance.now() - startedAt) })
      findings.push(...ended.findings)
    }
    return { country, checkedAt: new Date(now).toISOString(), parts, findings }
  } finally {
    await close()
  }
}

async function runPart(
  name: PartName,
  context: CheckContext,
): Promise<Pick<PartResult, 'state'> & { readonly findings: readonly Finding[] }> {
  try {
    if (!readsRows(name)) return { state: 'done', findings: await PARTS_WITHOUT_ROWS[name](context) }
    const { db, lacksDatabase } = context
    if (db === null) throw new NotChecked(lacksDatabase, typeof lacksDatabase !== 'string')
    return { state: 'done', findings: await PARTS_OF_ROWS[name]({ ...context, db }) }
  } catch (error) {
    if (error instanceof NotChecked) return { state: 'not-done', findings: [toNotChecked(name, error)] }
    if (error instanceof ConfigError) throw error
    const details = { reason: describeError(error) }
    return { state: 'failed', findings: [{ id: 'CHECK_FAILED', place: name, details }] }
  }
}

function toNotChecked(place: PartName, { lacks, isUnusable }: NotChecked): Finding {
  const came = sayBoth((language) => checkWords(language)(isUnusable ? 'details.unusable' : 'details.nothing'))
  return { id: 'NOT_CHECKED', place, details: { lacks, came } }
}

interface OpenedRows extends Pick<CheckContext, 'db' | 'lacksDatabase'> {
  /** What keeps the database from being read. */
  readonly found: Finding | null
  readonly close: () => Promise<void>
}

const NO_DATABASE: OpenedRows = {
  db: null,
  lacksDatabase: '--database-url URL | --database-folder DIR',
  found: null,
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
  const lacksDatabase = sayBoth((language) => checkWords(language)('details.usable'))
  let db: Database
  try {
    db = request.db ?? (await openDatabase({ url, folder }))
  } catch (error) {
    return { ...NO_DATABASE, lacksDatabase, found: unusable(describeError(error)) }
  }
  const close = async (): Promise<void> => (request.db === undefined ? db.close() : undefined)
  try {
    const found = await findUnfit(db, modules, country)
    return { db: found === null ? db : null, lacksDatabase, found, close }
  } catch (error) {
    await close()
    throw error
  }
}

const unusable = (reason: Said | string): Finding => ({
  id: 'DATABASE_UNUSABLE',
  place: 'database',
  details: { reason },
})

/** A database without tables, or of another country, is not looked at any further. */
async function findUnfit(db: Database, modules: readonly DomainModule[], country: string): Promise<Finding | null> {
  const pending = await findPending(db, modules)
  if (modules.some(({ domain }) => pending.some((name) => name.startsWith(`${domain}/001`))))
    return unusable(sayBoth((language) => checkWords(language)('details.noTables')))
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
