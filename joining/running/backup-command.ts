import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { LIST, matching, SWITCH, TEXT } from '../../service/command-texts.ts'
import { LANG_OPTION } from '../../service/lang-option.ts'
import { showText } from '../../service/show-text.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { JOINING_TEXTS, SERVER } from '../commands.ts'
import type { RunningProcess } from '../environment.ts'
import { findAbsoluteNames, MANIFEST_FILE, makeBackup } from './backup.ts'
import { ENV_OPTION, NODE_OPTIONS, readNodePlace } from './node-place.ts'
import { BackupDamaged, checkBackup, ForkRefused, type RestoredNode, restoreNode } from './restore.ts'
import { say } from './words.ts'

const BACKUP = JOINING_TEXTS.declare('backup', {
  arguments: { folder: TEXT },
  options: {
    env: ENV_OPTION,
    withoutKeys: SWITCH,
    withoutSalts: SWITCH,
    withoutRows: SWITCH,
    lang: LANG_OPTION,
    ...NODE_OPTIONS,
  },
})

const RESTORE = JOINING_TEXTS.declare('restore', {
  arguments: { backup: TEXT },
  options: {
    check: SWITCH,
    into: TEXT,
    databaseUrl: SERVER,
    embedded: SWITCH,
    oldLog: TEXT,
    gatewayCheckpoint: LIST,
    witnesses: LIST,
    newLog: matching(/^[^\s+]+$/),
    lang: LANG_OPTION,
  },
})

/** Runs `istmo backup`. @returns the exit code. */
export function runBackup(args: readonly string[], { env, now, streams }: RunningProcess): Promise<number> {
  return executeCommand(
    BACKUP,
    args,
    async ({ folder, withoutKeys, withoutSalts, withoutRows, ...line }) => {
      const target = resolve(folder)
      const { log, rows, leftOut, hasKeys } = await makeBackup({
        place: await readNodePlace(line, env),
        target,
        now,
        onRows: showRows,
        hasKeys: !withoutKeys,
        hasSalts: !withoutSalts,
        hasRows: !withoutRows,
      })
      const count = Object.values(rows?.tables ?? {}).reduce((sum, each) => sum + each, 0)
      const shownLog = log === null ? say('madeNoLog') : say('madeLog', { name: log.name, size: log.size })
      const lines = [say('made', { folder: target, rows: count, log: shownLog })]
      if (rows === null) lines.push(say('noRows'))
      if (hasKeys) lines.push(say('secret'))
      if (leftOut.length > 0) lines.push(say('withoutKeys', { paths: leftOut.join(', ') }))
      if (log?.hasSalts === true) lines.push(say('salts'))
      lines.push(say('manifest', { sha256: hash('sha256', await readFile(join(target, MANIFEST_FILE))) }))
      streams.out.write(`${lines.join('\n')}\n`)
    },
    streams,
  )
}

/** Runs `istmo restore`. @returns the exit code. */
export function runRestore(args: readonly string[], { now, streams }: RunningProcess): Promise<number> {
  return executeCommand(
    RESTORE,
    args,
    async (line) => {
      try {
        const text = line.check ? await check(line.backup) : await restore(line, now)
        streams.out.write(`${showText(text)}\n`)
        return 0
      } catch (error) {
        const said = sayRefusal(error, line.backup)
        if (said === null) throw error
        streams.err.write(`${showText(said)}\n`)
        return EXIT_FAILED
      }
    },
    streams,
  )
}

async function check(backup: string): Promise<string> {
  const { manifest, faults } = await checkBackup(backup)
  if (faults.length > 0) throw new BackupDamaged(backup, faults)
  return say('good', { folder: backup, madeAt: manifest.madeAt, files: manifest.files.length })
}

async function restore(line: CommandLine<typeof RESTORE>, now: () => number): Promise<string> {
  if (line.into === undefined)
    throw new UsageError('--into: expected the folder of the restored node, or --check; came nothing')
  const target = resolve(line.into)
  const done = await restoreNode({ ...line, target, onRows: showRows, now })
  const lines = [say('restored', { folder: target }), ...sayLog(done, target)]
  const { rules, names } = await findAbsoluteNames(target)
  if (names.length > 0) lines.push(say('absolute', { rules: join(target, rules) }))
  for (const { where, file, copy } of names)
    lines.push(copy === null ? say('absoluteLost', { where, file }) : say('absoluteCopied', { where, file, copy }))
  return [...lines, say('next', { folder: target })].join('\n')
}

function sayLog({ manifest: { log }, judgement, vkey }: RestoredNode, target: string): readonly string[] {
  if (log === null) return []
  if (vkey !== null) return [say('newLog', { vkey, oldFolder: join(target, `audit-log-until-${log.size}`) })]
  return judgement === null ? [] : [say('continues', { ...judgement })]
}

/** Says why a restore was refused; null for any other failure. */
function sayRefusal(error: unknown, folder: string): string | null {
  if (error instanceof BackupDamaged)
    return say('damaged', { folder, faults: error.faults.map((fault) => `- ${fault}`).join('\n') })
  if (!(error instanceof ForkRefused) || error.judgement.kind === 'NEWEST') return null
  return `${say(`judgement.${error.judgement.kind}`, { ...error.judgement })}\n${say('waysOut')}`
}

/** Shows on a terminal how many rows are done, on one line. */
function showRows(rows: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${say('rows', { rows })} `)
}
