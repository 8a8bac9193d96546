import { randomBytes } from 'node:crypto'
import { parse as parseYaml } from 'yaml'
import { readKeyFile } from '../audit/pseudonym/key-file.ts'
import { pseudonymOf } from '../audit/pseudonym/pseudonym.ts'
import { commitTo, SALT_BYTES } from '../audit/salts/slot.ts'
import { isRecordId } from '../contract/record-id.ts'
import { appendEntry } from '../service/audit-log/own-log.ts'
import { NEEDED, oneOf, TEXT } from '../service/command-texts.ts'
import { defineAudit } from './command.ts'
import { findPerson } from './desk.ts'
import { readBytes, readText } from './inputs.ts'
import { BY_OPTION } from './options.ts'

/** The kinds of entries that an office writes about what it does outside of Istmo. */
const KINDS = ['import', 'sync', 'disclosure', 'record-erasure', 'approval'] as const

const NOTE = {
  arguments: {
    kind: oneOf(KINDS),
    file: TEXT,
  },
  options: {
    log: NEEDED,
    key: NEEDED,
    ...BY_OPTION,
    keys: TEXT,
    content: TEXT,
  },
} as const

/**
 * `istmo audit note`: writes an entry about what an office did with data outside of Istmo. A country’s own programs call it after an import or a
 * deletion, so that its log is complete by law (docs/coverage.md).
 */
export const noteCommand = defineAudit('note', NOTE, async (line, io) => {
  const given = await readMembers(line.file)
  const salt = randomBytes(SALT_BYTES)
  const members = {
    ...(line.kind === 'disclosure' ? { actor: null, content: null, grounds: null } : {}),
    by: findPerson(line.by),
    ...(line.kind === 'record-erasure' ? await withRefs(line.keys, given) : given),
    ...(line.content !== undefined && { content: await commitToFile(line.content, salt) }),
    kind: line.kind,
  }
  const hasCommitment = line.content !== undefined
  const { id, index } = await appendEntry(
    { log: line.log, key: line.key },
    { members, ...(hasCommitment && { salt }) },
    io,
  )
  return { verdict: 'HOLDS', text: `${id}: entry ${index} of kind ${line.kind}.`, json: { id, index, kind: line.kind } }
})

type Members = Readonly<Record<string, unknown>>

async function readMembers(file: string): Promise<Members> {
  let value: unknown
  try {
    value = parseYaml(await readText(file))
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message.split('\n', 1).join()}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw new TypeError(`${file}: expected the members of an entry`)
}

/** Replaces the ids of deleted records by their refs. The ids themselves are never written. */
async function withRefs(keyFile: string | undefined, given: Members): Promise<Members> {
  const { records, ...rest } = given
  if (records === undefined) return rest
  if (keyFile === undefined) throw new TypeError('`records`: expected --keys, because the entry has only refs')
  if (!Array.isArray(records) || !records.every(isRecordId)) throw new TypeError('`records`: expected ids of records')
  const keys = await readKeyFile(keyFile)
  return { ...rest, refs: records.map((id: string) => pseudonymOf('record', id, keys)).sort() }
}

async function commitToFile(file: string, salt: Uint8Array): Promise<string> {
  return commitTo((await readBytes(file)).toString('base64'), salt)
}
