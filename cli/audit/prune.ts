import { hash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKeeper } from '../../audit/content-store/content-store.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { pruningPath } from '../../audit/verify/prunings.ts'
import { MOMENT_FORMS, readMoment } from '../../contract/read-moment.ts'
import { isUuidV7 } from '../../contract/uuid-v7.ts'
import { appendEntry } from '../../service/audit-log/own-log.ts'
import { type CommandLine, type CommandSpec, FILE } from '../../service/command-spec.ts'
import { replaceFile, syncFolder } from '../../service/replace-file.ts'
import { ABOUT } from './about.ts'
import { type Answer, type AuditIo, defineAudit } from './command.ts'
import { findLogFolder, openLogOption, POLICY_OPTION, readText } from './inputs.ts'
import { BY_OPTION, findPerson } from './person.ts'
import { deleteBundles, deleteSalts, deleteTexts, listTexts } from './prune/delete-old.ts'
import { type PrunePlan, planPruning } from './prune/plan-pruning.ts'

/** How long the command waits for the process that owns the log to publish the entry, in milliseconds. */
const PUBLISH_PATIENCE_MS = 30_000

const PRUNE = {
  ...ABOUT.prune,
  options: {
    log: {
      flag: 'log',
      value: 'folder',
      isRequired: true,
      expected: 'the path of a folder',
      meaning: 'the audit log’s folder, which contains `log`, and perhaps `salts` and `kept`',
    },
    ...POLICY_OPTION,
    key: {
      flag: 'key',
      ...FILE,
      isRequired: true,
      meaning: 'the signer key of the log, because the pruning is itself an entry',
    },
    before: {
      flag: 'before',
      value: 'time',
      isRequired: true,
      expected: MOMENT_FORMS,
      meaning: 'entries older than this go, in bundles of 256: one younger entry keeps its bundle and all behind it',
      parse: readMoment,
    },
    hold: {
      flag: 'hold',
      ...FILE,
      meaning: 'legal holds: ids of entries, one a line, whose bundles and salts stay; # begins a comment',
    },
    ...BY_OPTION,
    approval: {
      flag: 'approval',
      value: 'id',
      isRepeated: true,
      expected: 'an entry’s id, a UUIDv7',
      meaning: 'the entry of an approval, if a second person must approve',
      parse: (text: string) => (isUuidV7(text) ? text : undefined),
    },
    dryRun: { flag: 'dry-run', value: null, meaning: 'only say what would go' },
  },
  notes: {
    'Exit codes': {
      0: 'what is older is gone, now or before',
      1: 'the log is damaged',
      2: 'it could not be done, or an argument is wrong',
    },
  },
  examples: [
    {
      command:
        'istmo audit prune --before 2025-01-01 --hold holds --log gateway --policy trust-policy --key gateway.key',
      meaning: 'Deletes the entries of 2024 and before, except those of the legal holds.',
    },
  ],
} as const satisfies CommandSpec

type PruneLine = CommandLine<typeof PRUNE>

/** The folders of an audit log. */
interface Places {
  readonly log: string
  readonly salts: string
  readonly kept: string
}

/**
 * `istmo audit prune`: deletes the bundles of old entries, their salts, and the texts that no entry names any more (C2SP tlog-tiles, Pruning).
 * The hashes stay, so all proofs stay valid. The process that owns the log may run, because only complete bundles go.
 */
export const pruneCommand = defineAudit(PRUNE, async (line, io) => {
  if (line.before > io.now()) throw new TypeError('--before: expected a time in the past; came one in the future')
  const log = await findLogFolder(line.log)
  const places: Places = { log, salts: join(dirname(log), 'salts'), kept: join(dirname(log), 'kept') }
  const holdsText = line.hold === undefined ? null : await readText(line.hold)
  const holds = new Set(readHolds(holdsText ?? ''))
  const reader = await openLogOption(line)
  const texts = new Set(await listTexts(places.kept))
  const plan = await planPruning(reader, { beforeMs: line.before, holds, texts }, io)
  const missing = [...holds].filter((id) => !plan.heldIds.has(id))
  if (line.dryRun) return dryAnswer(line, plan, missing)
  if (isNew(plan, reader)) await writePruning(line, places, plan, holdsText, reader, io)
  return deleteAll(line, places, plan, missing)
})

/** Reads the ids of legal holds. Throws a TypeError with the line that is not an id. */
function readHolds(text: string): readonly string[] {
  return text.split('\n').flatMap((line, at) => {
    const id = line.replace(/#.*/, '').trim()
    if (id === '') return []
    if (!isUuidV7(id)) throw new TypeError(`--hold: line ${at + 1}: expected an entry’s id, a UUIDv7`)
    return [id]
  })
}

/** Whether the plan lets a bundle go that no earlier pruning let go. Otherwise a run after a crash would write a second entry. */
function isNew({ minimumIndex, held }: PrunePlan, { prunings }: LogReader): boolean {
  const isHeld = (index: number) => held.some(({ from, until }) => index >= from && index < until)
  for (let index = 0; index < minimumIndex; index += 256) {
    if (!isHeld(index) && !prunings.isPruned(index / 256)) return true
  }
  return false
}

/** Writes the entry of the pruning, waits until it is published, and stores its proof beside the log. Nothing is deleted before. */
async function writePruning(
  line: PruneLine,
  places: Places,
  { minimumIndex, held }: PrunePlan,
  holdsText: string | null,
  reader: LogReader,
  io: AuditIo,
): Promise<void> {
  const holds = holdsText === null ? null : hash('sha256', holdsText)
  if (holdsText !== null) await (await createKeeper(places.kept))(holdsText)
  const { size, root } = reader.head.checkpoint
  const members = {
    kind: 'prune' as const,
    by: findPerson(line.by),
    before: new Date(line.before).toISOString(),
    minimumIndex,
    held,
    holds,
    size,
    root: Buffer.from(root).toString('hex'),
    ...(line.approval.length > 0 && { approvals: line.approval }),
  }
  const { index } = await appendEntry({ log: places.log, key: line.key }, { members }, io)
  const { proof } = await (await waitForEntry(line, index)).prove(index)
  await storeProof(places.log, reader.prunings.all.length, proof)
}

async function waitForEntry(line: PruneLine, index: number): Promise<LogReader> {
  for (const deadline = performance.now() + PUBLISH_PATIENCE_MS; performance.now() < deadline; await sleep(200)) {
    const reader = await openLogOption(line)
    if (reader.head.checkpoint.size > index) return reader
  }
  throw new Error(`expected the log to publish entry ${index}; it did not. Run the command again: nothing was deleted`)
}

async function storeProof(log: string, count: number, proof: string): Promise<void> {
  const path = join(log, pruningPath(count))
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await replaceFile(path, proof)
  await syncFolder(log)
}

async function deleteAll(
  line: PruneLine,
  places: Places,
  plan: PrunePlan,
  missing: readonly string[],
): Promise<Answer> {
  const { prunings } = await openLogOption(line)
  const bundles = await deleteBundles(places.log, prunings)
  const salts = await deleteSalts(places.salts, line.before, plan.heldIds)
  const texts = await deleteTexts(places.kept, line.before, plan.named)
  const before = new Date(line.before).toISOString()
  const { minimumIndex, held } = plan
  const text =
    minimumIndex === 0
      ? `Nothing to delete: no complete bundle of 256 entries is older than ${before}.`
      : `Entries before ${minimumIndex} are gone${held.length > 0 ? `, except ${held.length} held ranges` : ''}: ` +
        `${bundles} bundles, ${salts} salts and ${texts} texts deleted now. The hashes stay.`
  return {
    verdict: 'HOLDS',
    text: [text, ...warnMissing(missing)].join('\n'),
    json: { minimumIndex, held, bundles, salts, texts, missing },
  }
}

function dryAnswer(line: PruneLine, { minimumIndex, held }: PrunePlan, missing: readonly string[]): Answer {
  const before = new Date(line.before).toISOString()
  const text = `Older than ${before}: the entries before ${minimumIndex}, except ${held.length} held ranges. Nothing was deleted.`
  return {
    verdict: 'HOLDS',
    text: [text, ...warnMissing(missing)].join('\n'),
    json: { minimumIndex, held, missing, isDryRun: true },
  }
}

function warnMissing(missing: readonly string[]): readonly string[] {
  return missing.map((id) => `The log has no entry ${id}, which the legal holds name.`)
}
