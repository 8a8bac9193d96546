import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { LANG_OPTION } from '../../service/lang-option.ts'
import { showText } from '../../service/show-text.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { makeBackup } from './backup.ts'
import { findAbsoluteNames } from './backup-settings.ts'
import { MANIFEST_FILE } from './manifest.ts'
import { ENV_OPTION, NODE_OPTIONS, readNodePlace } from './node-place.ts'
import { BackupDamaged, checkBackup, ForkRefused, type RestoredNode, restoreNode } from './restore.ts'
import type { RunningProcess } from './running-process.ts'
import { say } from './words.ts'

const BACKUP = {
  name: 'istmo backup',
  description:
    'Copies a node into a new folder, also while it runs: the rows in one snapshot, then the audit log, the keys, the settings, the country’s file and ' +
    'what is suspended. The folder holds a manifest with the hash of each file. Take it out of this machine, encrypted.',
  arguments: { folder: { meaning: 'the folder of the backup, which does not exist yet' } },
  options: {
    env: ENV_OPTION,
    withoutKeys: {
      flag: 'without-keys',
      value: null,
      meaning: 'leave out the secret keys, and the password of the database',
    },
    withoutSalts: {
      flag: 'without-salts',
      value: null,
      meaning: 'leave out the salts of the audit log, so that no erased one lives on in the backup',
    },
    withoutRows: {
      flag: 'without-rows',
      value: null,
      meaning: 'leave out the rows, because the database has backups of its own',
    },
    lang: LANG_OPTION,
    ...NODE_OPTIONS,
  },
  notes: {
    'Exit codes': {
      0: 'the backup is complete',
      1: 'it failed, and there is no folder',
      2: 'an argument or a setting is wrong',
    },
  },
  examples: [
    {
      command: 'istmo backup /var/backups/istmo-2026-12-01 --env /etc/istmo/node.env',
      meaning: 'Copies the node of these settings.',
    },
  ],
} as const satisfies CommandSpec

const RESTORE = {
  name: 'istmo restore',
  description:
    'Makes a node of a backup, in a new folder with its settings (node.env). It refuses to let the audit log go on from an older copy than somebody has ' +
    'seen, and says what to do. If it is interrupted, run it again.',
  arguments: { backup: { meaning: 'the folder of the backup' } },
  options: {
    check: { flag: 'check', value: null, meaning: 'only prove that the backup is whole, and write nothing' },
    into: { flag: 'into', value: 'dir', meaning: 'the folder of the restored node, which does not exist yet' },
    databaseUrl: {
      flag: 'database-url',
      value: 'url',
      isSecret: true,
      expected: 'postgres://…',
      meaning: 'an empty database of a PostgreSQL server, for the rows',
      parse: (text: string) => (/^postgres(ql)?:\/\//.test(text) ? text : undefined),
    },
    embedded: { flag: 'embedded', value: null, meaning: 'put the rows into an embedded database in the folder' },
    oldLog: {
      flag: 'old-log',
      value: 'dir',
      meaning: 'the folder of the audit log that the node had until now, if it is still there',
    },
    gatewayCheckpoint: {
      flag: 'gateway-checkpoint',
      value: 'file',
      isRepeated: true,
      meaning:
        'what the gateway or somebody else has seen of the log: countries/heads.json or known/known-checkpoints.json of the gateway’s audit log, a checkpoint, or a receipt',
    },
    witnesses: {
      flag: 'witnesses',
      value: 'file',
      isRepeated: true,
      meaning: 'a trust policy whose witnesses are asked what they have seen of the log',
    },
    newLog: {
      flag: 'new-log',
      value: 'name',
      meaning: 'begin an audit log with this name instead, and keep the old one for the auditors',
      expected: 'a log’s name without white space or a plus sign',
      parse: (text: string) => (/^[^\s+]+$/.test(text) ? text : undefined),
    },
    lang: LANG_OPTION,
  },
  notes: {
    'Exit codes': {
      0: 'the node is restored, or the backup is whole',
      1: 'the backup is damaged, the log would have two histories, or it failed; nothing was restored',
      2: 'an argument is wrong',
    },
  },
  examples: [
    { command: 'istmo restore /var/backups/istmo-2026-12-01 --check', meaning: 'Proves that the backup is whole.' },
    {
      command:
        'istmo restore /var/backups/istmo-2026-12-01 --into /srv/istmo --database-url postgres://istmo@127.0.0.1/istmo_hn --gateway-checkpoint heads.json',
      meaning: 'Restores the node, if the gateway has seen no more of its audit log.',
    },
  ],
} as const satisfies CommandSpec

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
