import { z } from 'zod'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { executeCommand } from '../../service/command-line.ts'
import { SWITCH } from '../../service/command-texts.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { LANG_OPTION, spokenLanguage } from '../../service/lang-option.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { readVersion } from '../../service/version.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { listMigrations } from '../../subgraphs/kit/migrate.ts'
import { domainRules, readCountryRules } from '../../subgraphs/kit/rules.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { sayFinding } from '../check/describe-finding.ts'
import { severityOf } from '../check/finding.ts'
import { findMigrationFaults } from '../check/parts/schema.ts'
import { JOINING_TEXTS } from '../commands.ts'
import { askStatus } from './ask.ts'
import { checkKeys } from './check-keys.ts'
import { reasonOf } from './finding.ts'
import { readLogState } from './log-state.ts'
import { type PlannedMigration, planMigrations } from './migration-plan.ts'
import { ENV_OPTION, NODE_OPTIONS, type NodePlace, readNodePlace } from './node-place.ts'
import type { RunningProcess } from './running-process.ts'
import { say } from './words.ts'

const UPGRADE = JOINING_TEXTS.declare('upgrade', {
  options: { check: SWITCH, env: ENV_OPTION, json: SWITCH, lang: LANG_OPTION, ...NODE_OPTIONS },
})

/** One line of the answer. `isWrong`: it is in the way of the update. */
interface Line {
  readonly isWrong: boolean
  readonly text: string
}

const wrong = (text: string): Line => ({ isWrong: true, text })
const right = (text: string): Line => ({ isWrong: false, text })

/** Runs `istmo upgrade --check`. @returns the exit code. */
export function runUpgrade(args: readonly string[], { env, streams }: RunningProcess): Promise<number> {
  return executeCommand(
    UPGRADE,
    args,
    async ({ check, json, ...flags }) => {
      if (!check)
        throw new UsageError(
          'expected --check: install the files as docs/running-a-node.md says; this command only looks',
        )
      const place = await readNodePlace(flags, env)
      const { operatorListen: operator } = place.config
      const status = operator === null || operator.port === 0 ? null : await askStatus(operator, STATUS)
      const [version, running] = [readVersion(), status?.version ?? null]
      // Settings that went away, or have another name.
      const unknown = place.unknownNames.map((name) =>
        wrong(say('unknownSetting', { name, file: place.envFile ?? '' })),
      )
      const files = await lookAtFiles(place)
      const database = await lookAtDatabase(place.config)
      const lines = [...unknown, ...files, ...database.lines]
      const count = lines.filter(({ isWrong }) => isWrong).length
      if (json) {
        const shown = { version, running, lines, migrations: database.migrations }
        streams.out.write(`${JSON.stringify(shown, undefined, 2)}\n`)
      } else {
        const title = running === null ? say('versionAlone', { version }) : say('version', { version, running })
        const texts = lines.map(({ isWrong, text }) => `${isWrong ? '!' : '-'} ${text}`)
        const end = count === 0 ? say('ready') : say('notReady', { wrong: count })
        streams.out.write(`${[title, ...texts, end].join('\n')}\n`)
      }
      return count === 0 ? 0 : EXIT_FAILED
    },
    streams,
  )
}

/** What the operator's server says of the node that runs. */
const STATUS = z.object({ version: z.string() })

/** Looks whether this version reads the country’s file, the keys and the audit log. */
async function lookAtFiles(place: NodePlace): Promise<readonly Line[]> {
  const lines: Line[] = []
  const { rules: file, country, domains, auditLogDir, auditLogKey } = place.config
  if (file !== undefined) {
    try {
      const rules = await readCountryRules(file, country)
      for (const module of await loadDomains(domains)) domainRules(module, rules)
      lines.push(right(say('countryRead')))
    } catch (error) {
      lines.push(wrong(say('countryRefused', { reason: reasonOf(error) })))
    }
  }
  for (const finding of await checkKeys(place))
    if (severityOf(finding) === 'error') lines.push(wrong(sayFinding(finding, spokenLanguage())))
  if (auditLogDir === undefined || auditLogKey === undefined) return lines
  try {
    const state = await readLogState(auditLogDir, await readLogSigner(auditLogKey))
    return [...lines, right(say('logRead', { size: state?.size ?? 0 }))]
  } catch (error) {
    return [...lines, wrong(reasonOf(error))]
  }
}

/** What an update does to the database. */
interface DatabasePlan {
  readonly lines: readonly Line[]
  readonly migrations: readonly PlannedMigration[]
}

async function lookAtDatabase(config: NodeConfig): Promise<DatabasePlan> {
  const { databaseUrl: url, databaseFolder: folder, upstream } = config
  if (upstream !== undefined || (url === undefined && folder === undefined)) return { lines: [], migrations: [] }
  let db: Database
  try {
    db = await openDatabase({ url, folder })
  } catch (error) {
    // An embedded database belongs to the node that runs. Its migrations run at the start in any case.
    const isWrong = !(error instanceof FolderInUseError)
    return { lines: [{ isWrong, text: say('databaseUnread', { reason: reasonOf(error) }) }], migrations: [] }
  }
  try {
    return await planFor(db, config)
  } finally {
    await db.close()
  }
}

async function planFor(db: Database, { domains }: NodeConfig): Promise<DatabasePlan> {
  const modules = await loadDomains(domains)
  const known = await listMigrations(modules)
  const found = await findMigrationFaults(db, modules)
  const isMissing = ({ id }: (typeof found)[number]): boolean => id === 'MIGRATION_MISSING'
  const faults = found.filter((each) => !isMissing(each)).map((each) => wrong(sayFinding(each, spokenLanguage())))
  const missing = new Set(found.filter(isMissing).map(({ place }) => place))
  const waiting = known.filter(({ name }) => missing.has(name))
  const migrations = await planMigrations(db, waiting)
  if (migrations.length === 0) return { lines: [...faults, right(say('noMigrations'))], migrations }
  const told = migrations.map(({ name, purpose, tables, seconds }) => {
    const shown = tables.map(({ table, rows }) => `${table} (${rows})`).join(', ')
    const time = seconds === 0 ? say('quick') : say('reads', { tables: shown, seconds })
    return right(`${say('migration', { name, purpose })} ${time}`)
  })
  return { lines: [...faults, ...told, right(say('lock'))], migrations }
}
