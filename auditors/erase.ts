import { dirname, join } from 'node:path'
import { readKeyFile } from '../audit/pseudonym/key-file.ts'
import { pseudonymsOf } from '../audit/pseudonym/pseudonym.ts'
import { findSalt } from '../audit/salts/salts.ts'
import { ownerOf } from '../contract/record-id.ts'
import { appendEntry } from '../service/audit-log/own-log.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { LIST, NEEDED, oneOf, TEXT } from '../service/command-texts.ts'
import { type Answer, type AuditIo, defineAudit } from './command.ts'
import { findLogFolder, openLogOption } from './inputs.ts'
import { ENTRY_ID, POLICY_OPTION, RECORD } from './options.ts'
import { describeEpochs } from './sought-refs.ts'
import { describeGaps, findLegs } from './who-saw.ts'
import { say } from './words.ts'

const REASONS = ['RETENTION', 'COURT_ORDER', 'DATA_SUBJECT', 'OTHER'] as const

const ERASE = {
  arguments: {
    entries: { isOptional: true, isRepeated: true, ...ENTRY_ID },
  },
  options: {
    record: RECORD,
    keys: TEXT,
    ...POLICY_OPTION,
    policy: LIST,
    log: NEEDED,
    key: NEEDED,
    reason: { ...oneOf(REASONS), isRequired: true },
  },
} as const

type EraseLine = CommandLine<typeof ERASE>

/**
 * `istmo audit erase`: erases the salts of entries, so that nobody can open their commitments any more: of entries that somebody names, or of all legs that
 * gave a record. The tree of the log does not change.
 */
export const eraseCommand = defineAudit('erase', ERASE, async (line, io) => {
  const { record, entries } = line
  if ((record === undefined) === (entries.length === 0)) {
    throw new TypeError('expected the ids of entries, or --record; came neither or both')
  }
  return record === undefined ? eraseEntries(entries, line, io) : eraseRecord(record, line, io)
})

/** Erases the salts of some entries. Each erasure is an entry. */
async function eraseEntries(entries: readonly string[], line: EraseLine, io: AuditIo): Promise<Answer> {
  const lines: string[] = []
  const kinds = new Map<string, 'ERASED' | 'BEFORE' | 'UNKNOWN'>()
  for (const erased of entries) {
    const kind = await eraseOne(erased, line, io)
    kinds.set(erased, kind)
    const word = ({ UNKNOWN: 'noSalt', BEFORE: 'before', ERASED: 'erased' } as const)[kind]
    lines.push(say(`erase.${word}`, { id: erased, reason: line.reason }))
  }
  const [erased] = entries
  const json = entries.length === 1 ? { erased } : {}
  const isBefore = entries.length === 1 && kinds.get(erased ?? '') === 'BEFORE'
  return {
    verdict: [...kinds.values()].includes('UNKNOWN') ? 'FAILS' : 'HOLDS',
    text: lines.join('\n'),
    json: { ...json, ...(isBefore ? { before: true } : { reason: line.reason }), entries: Object.fromEntries(kinds) },
  }
}

async function eraseOne(erased: string, { log: place, key, reason }: EraseLine, io: AuditIo) {
  const { kind } = await findSalt(join(dirname(await findLogFolder(place)), 'salts'), erased)
  if (kind === 'ERASED') return 'BEFORE'
  if (kind === 'UNKNOWN') return 'UNKNOWN'
  await appendEntry({ log: place, key }, { erase: { erased, reason } }, io)
  return 'ERASED'
}

/** Erases the salts of all legs that gave a record, in the log of its country. */
async function eraseRecord(record: string, line: EraseLine, io: AuditIo): Promise<Answer> {
  if (line.keys === undefined || line.policy.length === 0) {
    throw new TypeError(
      '--record: expected --keys with the country’s keys of refs, and --policy with the key of its log',
    )
  }
  const keys = await readKeyFile(line.keys)
  const reader = await openLogOption(line)
  const sought = new Set(pseudonymsOf('record', record, keys))
  const found = await findLegs(
    reader,
    sought,
    { owner: ownerOf(record), keys, range: { from: undefined, until: undefined } },
    io,
  )
  if (found.country !== ownerOf(record) || found.otherKeys !== undefined) {
    const came = found.otherKeys === undefined ? `that of ${found.country ?? 'a gateway'}` : 'other keys than its own'
    throw new Error(`expected the log of ${ownerOf(record)} with its keys of refs; came ${came}`)
  }
  const kinds: string[] = []
  for (const { id } of found.legs) kinds.push(await eraseOne(id, line, io))
  const count = (kind: string): number => kinds.filter((each) => each === kind).length
  const requests = [...new Set(found.legs.flatMap(({ requestId }) => requestId ?? []))]
  const counts = { legs: kinds.length, erased: count('ERASED'), before: count('BEFORE'), unknown: count('UNKNOWN') }
  const json = { record, ...counts, reason: line.reason, requests }
  const doubts = [
    ...describeGaps(record, found),
    ...(found.foreign.length > 0 ? [describeEpochs(found.foreign)] : []),
    ...(counts.unknown > 0 ? [say('erase.noneInStore', { number: counts.unknown })] : []),
  ]
  if (kinds.length === 0 && doubts.length === 0) return { verdict: 'FAILS', text: say('erase.noLeg', { record }), json }
  const text = [
    say('erase.legs', { record, reason: line.reason, ...counts }),
    // Whoever orders an erasure must know what it does not change.
    say('erase.remains'),
    ...requests.map((id) => `  ${id}`),
  ].join('\n')
  if (doubts.length === 0) return { verdict: 'HOLDS', text, json }
  return { verdict: 'UNTOLD', text, json: { ...json, reason: doubts.join('; ') } }
}
