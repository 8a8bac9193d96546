import { z } from 'zod'
import { parseSignerFile } from '../../audit/note/key.ts'
import type { Language } from '../../contract/language.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { formatOrigin } from '../../service/http/listen.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { readSetting } from '../../service/read-setting.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { readVersion } from '../../service/version.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { listMigrations } from '../../subgraphs/kit/migrate.ts'
import { domainRules, readCountryRules } from '../../subgraphs/kit/rules.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { sayFinding } from '../check/describe-finding.ts'
import { severityOf } from '../check/finding.ts'
import { findMigrationFaults } from '../check/parts/schema.ts'
import { checkKeys } from './check-keys.ts'
import { reasonOf } from './finding.ts'
import { readLogState } from './log-state.ts'
import { type PlannedMigration, planMigrations } from './migration-plan.ts'
import { ENV_OPTION, NODE_OPTIONS, type NodePlace, readNodePlace } from './node-place.ts'
import type { RunningProcess } from './running-process.ts'
import { UPGRADE_WORDS, type UpgradeWords } from './upgrade-words.ts'

const UPGRADE = {
  name: 'istmo upgrade',
  description:
    'Says what happens when a node is updated to this version: the migrations that will run and how long they may take, the settings, the country’s file, ' +
    'the keys and the audit log. Run it with the new version, unpacked beside the old one, while the old node runs. It changes nothing.',
  options: {
    check: {
      flag: 'check',
      value: null,
      meaning: 'look, and change nothing; there is no other way to run this command',
    },
    env: ENV_OPTION,
    json: { flag: 'json', value: null, meaning: 'print JSON' },
    lang: LANG_OPTION,
    ...NODE_OPTIONS,
  },
  notes: {
    'Exit codes': {
      0: 'the node can be updated',
      1: 'something is in the way',
      2: 'an argument or a setting is wrong',
    },
  },
  examples: [
    {
      command: 'istmo upgrade --check --env /etc/istmo/node.env',
      meaning: 'Says what the update to this version does.',
    },
  ],
} as const satisfies CommandSpec

/** One line of the answer. `isWrong`: it is in the way of the update. */
interface Line {
  readonly isWrong: boolean
  readonly text: string
}

/** Runs `istmo upgrade --check`. @returns the exit code. */
export function runUpgrade(args: readonly string[], { env, streams }: RunningProcess): Promise<number> {
  return executeCommand(
    UPGRADE,
    args,
    async ({ check, json, lang, ...line }) => {
      if (!check)
        throw new UsageError(
          'expected --check: install the files as docs/running-a-node.md says; this command only looks',
        )
      const language = chooseLanguage(lang, env)
      const words = UPGRADE_WORDS[language]
      const place = await readNodePlace(line, env)
      const running = await askVersion(place.config)
      const lines = [...lookAtSettings(place, words), ...(await lookAtFiles(place, words, language))]
      const database = await lookAtDatabase(place.config, words, language)
      const all = [...lines, ...database.lines]
      const wrong = all.filter(({ isWrong }) => isWrong).length
      if (json) {
        const shown = { version: readVersion(), running, lines: all, migrations: database.migrations }
        streams.out.write(`${JSON.stringify(shown, undefined, 2)}\n`)
      } else {
        const texts = all.map(({ isWrong, text }) => `${isWrong ? '!' : '-'} ${text}`)
        const end = wrong === 0 ? [words.ready, words.steps] : [words.notReady(wrong)]
        streams.out.write(`${[words.title(readVersion(), running), ...texts, ...end].join('\n')}\n`)
      }
      return wrong === 0 ? 0 : EXIT_FAILED
    },
    streams,
  )
}

/** Asks the node that runs for its version, at its operator’s server. Null if it does not run, or has none. */
async function askVersion({ operatorListen: operator }: NodeConfig): Promise<string | null> {
  if (operator === null || operator.port === 0) return null
  const url = `${formatOrigin('http', operator.host, operator.port)}/status`
  const body: unknown = await createTrustedFetch()(url, { signal: AbortSignal.timeout(3_000) })
    .then((response) => response.json())
    .catch(() => null)
  return z.object({ version: z.string() }).safeParse(body).data?.version ?? null
}

/** Looks for settings in the file that this version does not have: they went away, or have another name. */
function lookAtSettings({ envFile, unknownNames }: NodePlace, words: UpgradeWords): readonly Line[] {
  return unknownNames.map((name) => ({ isWrong: true, text: words.unknownSetting(name, envFile ?? '') }))
}

/** Looks whether this version reads the country’s file, the keys and the audit log. */
async function lookAtFiles(place: NodePlace, words: UpgradeWords, language: Language): Promise<readonly Line[]> {
  const lines: Line[] = []
  const { rules: file, country, domains, auditLogDir, auditLogKey } = place.config
  if (file !== undefined) {
    try {
      const rules = await readCountryRules(file, country)
      for (const module of await loadDomains(domains)) domainRules(module, rules)
      lines.push({ isWrong: false, text: words.countryRead })
    } catch (error) {
      lines.push({ isWrong: true, text: words.country(reasonOf(error)) })
    }
  }
  for (const finding of await checkKeys(place))
    if (severityOf(finding) === 'error') lines.push({ isWrong: true, text: sayFinding(finding, language) })
  if (auditLogDir === undefined || auditLogKey === undefined) return lines
  try {
    const signer = await readSetting(auditLogKey, settingName('auditLogKey'), parseSignerFile)
    const state = await readLogState(auditLogDir, signer)
    return [...lines, { isWrong: false, text: words.logRead(state?.size ?? 0) }]
  } catch (error) {
    return [...lines, { isWrong: true, text: reasonOf(error) }]
  }
}

async function lookAtDatabase(
  config: NodeConfig,
  words: UpgradeWords,
  language: Language,
): Promise<{ readonly lines: readonly Line[]; readonly migrations: readonly PlannedMigration[] }> {
  const { databaseUrl: url, databaseFolder: folder, upstream } = config
  if (upstream !== undefined || (url === undefined && folder === undefined)) return { lines: [], migrations: [] }
  let db: Database
  try {
    db = await openDatabase({ url, folder })
  } catch (error) {
    // An embedded database belongs to the node that runs. Its migrations run at the start in any case.
    const isWrong = !(error instanceof FolderInUseError)
    return { lines: [{ isWrong, text: words.databaseUnread(reasonOf(error)) }], migrations: [] }
  }
  try {
    return await planFor(db, config, words, language)
  } finally {
    await db.close()
  }
}

async function planFor(db: Database, { domains }: NodeConfig, words: UpgradeWords, language: Language) {
  const modules = await loadDomains(domains)
  const [known, found] = [await listMigrations(modules), await findMigrationFaults(db, modules)]
  const [missing, wrong] = [new Set<string>(), [] as Line[]]
  for (const finding of found)
    if (finding.id === 'MIGRATION_MISSING') missing.add(finding.place)
    else wrong.push({ isWrong: true, text: sayFinding(finding, language) })
  const migrations = await planMigrations(
    db,
    known.filter(({ name }) => missing.has(name)),
  )
  if (migrations.length === 0) return { lines: [...wrong, { isWrong: false, text: words.noMigrations }], migrations }
  const told = migrations.flatMap(({ name, purpose, tables, seconds }): readonly Line[] => {
    const shown = tables.map(({ table, rows }) => `${table} (${rows})`).join(', ')
    const time = seconds === 0 ? words.quick : words.reads(shown, seconds)
    return [{ isWrong: false, text: `${words.migration(name, purpose)} ${time}` }]
  })
  return { lines: [...wrong, ...told, { isWrong: false, text: words.lock }], migrations }
}
