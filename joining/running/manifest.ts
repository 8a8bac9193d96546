import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { writeRequest } from '../../audit/inbox/inbox-folder.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { osUser } from '../../service/audit-log/os-user.ts'
import { appendEntry } from '../../service/audit-log/own-log.ts'
import { describeFileError } from '../../service/describe-error.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'

/** The manifest of a backup: what is in it, from which moment, and the hash of each file. The audit log gets its hash, with counts. */

/** The file of the manifest, at the top of a backup. */
export const MANIFEST_FILE = 'manifest.json'

const SHA256 = z.string().regex(/^[0-9a-f]{64}$/)
const COUNT = z.int().min(0)

const MANIFEST = z.strictObject({
  format: z.literal('istmo-backup/1'),
  /** A random id. A restore that was interrupted knows by it whether the rows are there already. */
  id: z.string().regex(/^[\w-]{22}$/),
  /** When the backup was made, RFC 3339. */
  madeAt: z.string(),
  /** The version of Istmo that made it. */
  version: z.string(),
  country: z.string(),
  domains: z.array(z.enum(DOMAINS)),
  /** The audit log; null if the node had none. */
  log: z
    .strictObject({
      /** The name of the log: that of its key. */
      name: z.string(),
      /** The origin of its present shard. */
      origin: z.string(),
      /** The number of entries of the present shard. */
      size: COUNT,
      /** The root of these entries, in Base 64. */
      root: z.string(),
      /** The verifier key in force. */
      vkey: z.string(),
      hasSalts: z.boolean(),
    })
    .nullable(),
  /** The rows; null if a service of the country or somebody else keeps them. */
  rows: z
    .strictObject({
      tables: z.record(z.string(), COUNT),
      migrations: z.array(z.strictObject({ name: z.string(), sha256: SHA256 })),
    })
    .nullable(),
  /** Whether the secret keys are in it. */
  hasKeys: z.boolean(),
  /** Files that the settings name and that are not in it, as paths in the restored folder. */
  leftOut: z.array(z.string()),
  files: z.array(z.strictObject({ path: z.string(), bytes: COUNT, sha256: SHA256 })),
})

/** What {@link MANIFEST_FILE} says. */
export type Manifest = z.infer<typeof MANIFEST>

/**
 * Reads the manifest of a backup.
 * @throws {Error} if it is missing or has another form. The message names the file and the place in it.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, MANIFEST_FILE)
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file}: expected the manifest of a backup; ${describeFileError(error)}`, { cause: error })
  }
  const read = MANIFEST.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Error(
    `${file}, ${issue?.path.join('.') || 'top'}: ${issue?.message}. Is it a backup of a later version of Istmo?`,
  )
}

/** Lists the files below a folder with their sizes and hashes, sorted by path, without the manifest. Paths have `/`. */
export async function listFiles(folder: string): Promise<Manifest['files']> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = names
    .filter((each) => each.isFile())
    .map((each) => relative(folder, join(each.parentPath, each.name)).split(sep).join('/'))
    .filter((path) => path !== MANIFEST_FILE)
    .sort()
  const files: Manifest['files'] = []
  for (const path of paths) files.push({ path, ...(await hashFile(join(folder, path))) })
  return files
}

async function hashFile(file: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256').setEncoding('hex')
  await pipeline(createReadStream(file), hash)
  return { bytes: (await stat(file)).size, sha256: String(hash.read()) }
}

/** Compares the files of a backup with its manifest. Returns a sentence for each that is missing, changed or too many. */
export async function compareFiles(folder: string, { files }: Manifest): Promise<readonly string[]> {
  const found = new Map((await listFiles(folder)).map((file) => [file.path, file]))
  const faults = files.flatMap(({ path, bytes, sha256 }) => {
    const came = found.get(path)
    found.delete(path)
    if (came === undefined) return [`${path}: expected ${bytes} bytes; the file is missing`]
    if (came.sha256 === sha256) return []
    return [`${path}: expected ${bytes} bytes of SHA-256 ${sha256}; came ${came.bytes} bytes of ${came.sha256}`]
  })
  return [...faults, ...[...found.keys()].map((path) => `${path}: the manifest does not have this file`)]
}

/** The members of an entry that the owner of the log does not fill in. */
type Members<Kind extends 'backup' | 'restore'> = Omit<EntryOf<Kind>, 'v' | 'id' | 'time' | 'origin'>

function describeCopy({ country, rows, log }: Manifest, manifestHash: string) {
  const count = rows === null ? null : Object.values(rows.tables).reduce((sum, each) => sum + each, 0)
  return { country, by: osUser(), manifest: manifestHash, rows: count, entries: log?.size ?? 0 }
}

/**
 * Writes the entry of a backup, itself or through the node that has the log open. A node without a log has no entries.
 * @param manifestHash SHA-256 of the manifest, in hexadecimal digits
 * @throws {Error} if the log does not take it.
 */
export async function noteBackup(
  { auditLogDir: log, auditLogKey: key }: Pick<NodeConfig, 'auditLogDir' | 'auditLogKey'>,
  manifest: Manifest,
  manifestHash: string,
  now: () => number,
): Promise<void> {
  if (log === undefined || key === undefined || manifest.log === null) return
  const members: Members<'backup'> = {
    kind: 'backup',
    ...describeCopy(manifest, manifestHash),
    files: manifest.files.length,
    hasKeys: manifest.hasKeys,
    hasSalts: manifest.log.hasSalts,
  }
  await appendEntry({ log, key }, { members }, { now }).catch((cause: Error) => {
    throw new Error(`The entry of the backup could not be written into the audit log: ${cause.message}`, { cause })
  })
}

/**
 * Puts the entry of a restore into the inbox of the restored log. The node writes it when it starts: nothing is signed before, so a restore that nobody starts
 * makes no second history.
 * @param home the home of the restored log
 */
export async function leaveRestoreNote(
  home: string,
  manifest: Manifest,
  manifestHash: string,
  { log, now }: { readonly log: EntryOf<'restore'>['log']; readonly now: () => number },
): Promise<void> {
  const { madeAt } = manifest
  const entry: Members<'restore'> = { kind: 'restore', ...describeCopy(manifest, manifestHash), madeAt, log }
  await writeRequest(join(home, 'inbox'), createUuidV7(now()), Buffer.from(JSON.stringify({ entry })))
}
