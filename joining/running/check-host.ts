import { execFile } from 'node:child_process'
import { access, constants, stat, statfs } from 'node:fs/promises'
import { z } from 'zod'
import { MIN_FREE_SHARE } from '../../audit/log/folder-storage.ts'
import { readBundle } from '../../audit/verify/read-log.ts'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { isOlderNode, readLeastNode, readVersion } from '../../service/version.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import { type AreaFinding, noteOf, reasonOf } from '../check/finding.ts'
import { ask, askStatus, isNodeAt, isTaken, type Place } from './ask.ts'
import { type LogState, readLogState, readTime } from './log-state.ts'
import type { NodePlace } from './node-place.ts'

const { W_OK, X_OK } = constants

const DAY_MS = 86_400_000

/** How long a program may take, in milliseconds. */
const DEADLINE_MS = 3_000

/** How many of the newest entries tell how fast the log grows. */
const GROWTH_ENTRIES = 20_000

/** From how many days before a disk is full there is a warning. */
const WARN_DAYS = 60

/** Looks whether the operating system keeps the clock by NTP. */
export async function checkNtp(): Promise<AreaFinding> {
  const note = noteOf('clock')
  try {
    const shown = await run('timedatectl', ['show', '--property=NTPSynchronized'])
    if (shown.includes('NTPSynchronized=yes')) return note('CLOCK_SYNCED')
    return shown.includes('NTPSynchronized=no') ? note('CLOCK_UNSYNCED') : note('CLOCK_UNKNOWN', 'timedatectl')
  } catch (error) {
    return note('CLOCK_UNKNOWN', reasonOf(error))
  }
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout: DEADLINE_MS }, (error, stdout) => {
      if (error === null) resolve(stdout)
      else reject(new Error((error as NodeJS.ErrnoException).code === 'ENOENT' ? `no ${program}` : `${program} failed`))
    })
  })
}

/** Looks at the room on the disks of the audit log and of an embedded database, and how long it lasts as the log grows now. */
export async function checkDisk({ config }: NodePlace): Promise<readonly AreaFinding[]> {
  const { auditLogDir, databaseFolder, databaseUrl } = config
  const note = noteOf('disk')
  const folders = [auditLogDir, databaseUrl === undefined ? databaseFolder : undefined]
  const findings: AreaFinding[] = []
  const seen = new Set<number>()
  for (const folder of folders) {
    if (folder === undefined) continue
    try {
      const existing = await nearestFolder(folder)
      const { dev } = await stat(existing)
      if (seen.has(dev)) continue
      seen.add(dev)
      const { bavail, blocks, bsize } = await statfs(existing)
      const [free, share] = [bavail * bsize, blocks === 0 ? 1 : bavail / blocks]
      const values = [folder, (free / 1e9).toFixed(1), Math.floor(share * 100)] as const
      const isLow = share < MIN_FREE_SHARE
      findings.push(isLow ? note('DISK_LOW', ...values) : note('DISK_ROOM', ...values))
      const growth = folder === auditLogDir && !isLow ? await measureGrowth(config) : null
      const daysLeft = growth === null ? Number.POSITIVE_INFINITY : Math.floor(free / growth.bytesPerDay)
      if (growth !== null && daysLeft < WARN_DAYS) findings.push(note('DISK_GROWTH', folder, daysLeft, growth.days))
    } catch (error) {
      findings.push(note('DISK_UNKNOWN', folder, reasonOf(error)))
    }
  }
  return findings
}

/** The settings that name a folder in which the node writes. */
const WRITTEN = [
  'auditLogDir',
  'suspensions',
  'mandatesFolder',
  'databaseFolder',
] as const satisfies readonly (keyof NodePlace['config'])[]

/** Looks whether this user may write in the folders of the node, or make them. */
export async function checkFolders({ config }: NodePlace): Promise<readonly AreaFinding[]> {
  const note = noteOf('disk')
  const findings: AreaFinding[] = []
  for (const key of WRITTEN) {
    const folder = config[key]
    if (folder === undefined || (key === 'databaseFolder' && config.databaseUrl !== undefined)) continue
    const existing = await nearestFolder(folder)
    const isFolder = (await stat(existing)).isDirectory()
    const reason = isFolder
      ? await access(existing, W_OK | X_OK).then(() => null, describeFileError)
      : 'it is not a folder'
    if (reason !== null) findings.push(note('FOLDER_CLOSED', existing, settingName(key), reason))
  }
  return findings.length === 0 ? [note('FOLDERS_OPEN')] : findings
}

/** Returns the folder, or the nearest one above it that exists: a first start makes the others. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; ) {
    if ((await stat(at).catch(() => null)) !== null) return at
    const above = at.replace(/\/[^/]*$/, '') || '/'
    if (above === at) throw new Error('expected a folder that can be made')
    at = above
  }
}

/** How fast a log grows. */
interface Growth {
  readonly days: number
  readonly bytesPerDay: number
}

async function measureGrowth({ auditLogDir, auditLogKey }: NodePlace['config']): Promise<Growth | null> {
  if (auditLogDir === undefined || auditLogKey === undefined) return null
  try {
    const state = await readLogState(auditLogDir, await readLogSigner(auditLogKey))
    return state === null ? null : await measureGrowthOf(state)
  } catch {
    // What is wrong with the log is said in its area.
    return null
  }
}

/** Measures how fast a log grows, by its newest entries. Null if it is too young to tell: less than a day. */
async function measureGrowthOf({ source, size, newestMs }: LogState): Promise<Growth | null> {
  if (size === 0 || newestMs === null) return null
  const from = Math.max(0, size - GROWTH_ENTRIES)
  const fromMs = await readTime(source, size, from).catch(() => null)
  if (fromMs === null || newestMs - fromMs < DAY_MS) return null
  const newest = await readBundle(source, Math.floor((size - 1) / 256), size)
  const bytes = newest.reduce((sum, entry) => sum + entry.length, 0) / Math.max(1, newest.length)
  const days = (newestMs - fromMs) / DAY_MS
  return { days: Math.round(days), bytesPerDay: ((size - from) * bytes) / days }
}

/** Looks at the ports of a node: free, held by the node, or by another program. */
export async function checkPorts({ config }: NodePlace): Promise<readonly AreaFinding[]> {
  const { host, port, tlsCert, operatorListen: operator } = config
  const own = port === 0 ? [] : [await checkNodePort({ host, port }, tlsCert !== undefined)]
  return operator === null || operator.port === 0 ? own : [...own, await checkOperatorPort(operator)]
}

async function checkNodePort(place: Place, hasTls: boolean): Promise<AreaFinding> {
  const note = noteOf('ports')
  const { port } = place
  if (!(await isTaken(place))) return note('PORT_FREE', port)
  if (!(await isNodeAt(place, hasTls))) return note('PORT_TAKEN', port)
  const ready = await ask(place, '/health/ready', hasTls).catch(() => null)
  if (ready?.status === 200) return note('PORT_NODE', port)
  return note('PORT_NODE_NOT_READY', port, ready?.body.slice(0, 500) ?? 'no answer')
}

async function checkOperatorPort(place: Place): Promise<AreaFinding> {
  const note = noteOf('ports')
  if (!(await isTaken(place))) return note('PORT_FREE', place.port)
  const status = await askStatus(place, z.object({ country: z.string() }))
  return status === null ? note('PORT_TAKEN', place.port) : note('PORT_NODE', place.port)
}

/** Tells the versions of Istmo and Node.js on this machine. */
export function checkVersions(node: string = process.versions.node): AreaFinding {
  const note = noteOf('versions')
  const least = readLeastNode()
  return isOlderNode(node, least) ? note('VERSION_NODE', node, least) : note('VERSION_ISTMO', readVersion(), node)
}
