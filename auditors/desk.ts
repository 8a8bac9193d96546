import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import { exists } from '../audit/if-there.ts'
import { generateSignerKey, isKeyName, parseSignerKey, SIGNATURE_TYPES } from '../audit/note/key.ts'
import type { ChainedReader } from '../audit/reader/log-reader.ts'
import { commitTo, SALT_BYTES } from '../audit/salts/slot.ts'
import type { EntryOf } from '../contract/audit-log/entry.ts'
import { osUser } from '../service/audit-log/os-user.ts'
import { appendEntry } from '../service/audit-log/own-log.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { LIST, matching, NEEDED } from '../service/command-texts.ts'
import { readYamlFile } from '../service/yaml-file.ts'
import { type AuditIo, defineAudit } from './command.ts'
import { openLogOption, readPolicy } from './inputs.ts'
import { type OWN_LOG_OPTIONS, UP_TO_200 } from './options.ts'

/** Each reading of an audit log is an entry in the reader's own log, and the entry is durable before anything is shown. */

/** The values of {@link OWN_LOG_OPTIONS}. */
export type ReaderLine = Partial<CommandLine<{ readonly options: typeof OWN_LOG_OPTIONS }>>

/** Who reads, and the log in which it is written down. */
export interface Reader {
  readonly ownLog: string
  readonly ownKey: string
  readonly person: NonNullable<EntryOf<'oversight'>['reader']>
  readonly policies: readonly string[]
}

/**
 * Finds who reads and the reader's own log: from the options, else from the desk.
 * @throws {TypeError} if neither names an own log, with the remedy.
 * @throws {ConfigError} if the desk's file is wrong.
 */
export async function findReader(line: ReaderLine): Promise<Reader> {
  const desk = await findDesk(line)
  const ownLog = line.ownLog ?? desk?.ownLog
  const ownKey = line.ownKey ?? desk?.ownKey
  if (ownLog === undefined || ownKey === undefined) {
    throw new TypeError(
      'expected where to write down this reading: a desk (--desk), or --own-log and --own-key; came neither. ' +
        '`istmo audit desk FOLDER --reader NAME --name LOG` makes a desk once for all',
    )
  }
  return { ownLog, ownKey, person: personOf(line, desk), policies: desk?.policies ?? [] }
}

async function findDesk(line: ReaderLine): Promise<Desk | undefined> {
  if (line.desk !== undefined) return readDesk(line.desk)
  if (line.ownLog !== undefined && line.ownKey !== undefined) return undefined
  const folder = defaultDesk()
  return (await exists(join(folder, DESK_FILE))) ? readDesk(folder) : undefined
}

function personOf({ reader }: ReaderLine, desk: Desk | undefined): Reader['person'] {
  if (reader !== undefined) return { name: reader, source: 'OPTION' }
  if (desk !== undefined) return { name: desk.reader, source: 'DESK' }
  return osUser()
}

/** Opens the log of `--log` under the trust policies of `--policy`, else under those of the desk. */
export async function openDeskLog(
  line: ReaderLine & { readonly log: string; readonly policy: readonly string[] },
): Promise<ChainedReader> {
  const { policies } = await findReader(line)
  const policy = line.policy.length > 0 ? line.policy : policies
  if (policy.length === 0) throw new TypeError('expected a trust policy, --policy or in the desk; came none')
  return openLogOption({ log: line.log, policy })
}

/** What a command says about its reading. */
export interface Reading {
  readonly channel: EntryOf<'oversight'>['channel']
  /** The country whose entries were visible; null for all. */
  readonly country: string | null
  /** How many entries, counts or lines the command is about to show. */
  readonly entries: number
  /** The origins of the logs that were read. */
  readonly logs?: readonly string[]
  /** What was sought: the values by the names of the options. The entry has the names, and only a commitment to the values. */
  readonly sought?: Readonly<Record<string, unknown>>
}

/** Writes a reading to the reader's own log. Resolves when the entry is durable; the command must show nothing before. */
export async function noteReading(
  line: ReaderLine,
  { channel, country, entries, logs, sought }: Reading,
  { now }: Pick<AuditIo, 'now'>,
): Promise<void> {
  const { ownLog, ownKey, person } = await findReader(line)
  const salt = randomBytes(SALT_BYTES)
  const given = Object.entries(sought ?? {}).filter(([, value]) => isGiven(value))
  const members = {
    v: 2,
    kind: 'oversight' as const,
    channel,
    actor: null,
    grounds: null,
    operation: null,
    country,
    entries,
    reader: person,
    ...(line.reason !== undefined && { reason: line.reason }),
    ...(logs !== undefined && { logs }),
    ...(given.length > 0 && {
      sought: {
        options: given.map(([name]) => name).sort(),
        values: commitTo(Object.fromEntries(given), salt),
      },
    }),
  }
  await appendEntry({ log: ownLog, key: ownKey }, { members, ...(given.length > 0 && { salt }) }, { now })
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)
}

/** The file in a desk's folder that says what the desk has. */
export const DESK_FILE = 'audit.yaml'

const PATH = z.string().min(1).max(4_096)

/** The form of a desk's file. Paths are below the desk's folder unless they are absolute. */
const DESK = z.strictObject({
  /** Who reads at this desk, as the office knows the person: a staff number or a user name. It stands in each entry of a reading. */
  reader: z.string().min(1).max(200),
  /** The desk's own log, in which each reading becomes an entry. */
  ownLog: PATH,
  /** The signer key of the desk's own log. */
  ownKey: PATH,
  /** The trust policies under which the desk reads logs. */
  policies: z.array(PATH).default([]),
})

/** A desk: what an auditor would otherwise have to name in each command. Paths are absolute or relative to the working folder. */
export type Desk = z.output<typeof DESK>

/** The desk that commands use if none is named: a folder of the user. */
export function defaultDesk(): string {
  return join(homedir(), '.config', 'istmo', 'desk')
}

/** Reads a desk's file. Rejects with a ConfigError that names the file and what was expected. */
export async function readDesk(folder: string): Promise<Desk> {
  const file = join(folder, DESK_FILE)
  const desk = await readYamlFile(file, DESK, { remedy: '`istmo audit desk` makes such a folder.' })
  const below = (path: string): string => (isAbsolute(path) ? path : join(folder, path))
  return { ...desk, ownLog: below(desk.ownLog), ownKey: below(desk.ownKey), policies: desk.policies.map(below) }
}

/** Names the person who acts: as the option says, else the user of the operating system. */
export function findPerson(name?: string): EntryOf<'prune'>['by'] {
  return name === undefined ? osUser() : { name, source: 'OPTION' }
}

/**
 * `istmo audit desk`: makes an auditor's desk, a folder with the auditor's own log and key. The commands that read logs write down in it who
 * read what.
 */
export const deskCommand = defineAudit(
  'desk',
  {
    arguments: {
      folder: { isOptional: true },
    },
    options: {
      reader: { ...NEEDED, ...UP_TO_200 },
      name: { ...NEEDED, ...matching(isKeyName) },
      policy: LIST,
    },
  },
  async (line) => {
    const folder = line.folder ?? defaultDesk()
    for (const policy of line.policy) await readPolicy(policy)
    const key = generateSignerKey(line.name, SIGNATURE_TYPES.ed25519)
    const { vkey } = parseSignerKey(key).verifier
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // The key comes first and is never replaced: what it signed must stay verifiable.
    await writeFile(join(folder, 'own.key'), `${key}\n`, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      throw new Error(`${folder}: expected no desk there; came one with a key. Edit its ${DESK_FILE} instead`)
    })
    const policies = line.policy.map((policy) => resolve(policy))
    const settings = { reader: line.reader, ownLog: 'own', ownKey: 'own.key', policies }
    await writeFile(join(folder, DESK_FILE), stringify(settings), { mode: 0o600, flag: 'wx' })
    return { verdict: 'HOLDS', text: vkey, json: { folder, vkey } }
  },
)
