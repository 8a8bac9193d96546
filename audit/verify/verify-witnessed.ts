import type { Finding } from '../finding.ts'
import { decodeNotes, historyPath, LEAVES_PER_HISTORY_FILE } from '../log/history.ts'
import { isSameHash } from '../merkle/hash.ts'
import { createTiledTree } from '../merkle/tiled-tree.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { NoteError } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withRotations } from '../note/policy.ts'
import { type AsOf, judgeAsOf, withoutLater } from './as-of.ts'
import {
  type AskOptions,
  askNobody,
  askWitnesses,
  type Contradiction,
  findContradiction,
  type WitnessAnswer,
} from './ask-witnesses.ts'
import { findSplits, type SplitView, sortTold, type ToldNote } from './find-splits.ts'
import {
  formatTime,
  judgeWitnesses,
  type WitnessDemands,
  type WitnessJudgement,
  type WitnessView,
} from './judge-witnesses.ts'
import type { FoundNote } from './read-history.ts'
import { readRotations } from './read-rotations.ts'
import type { LogSource } from './source.ts'
import { createTileReader } from './source-tree.ts'
import { type VerifyOptions, type VerifyReport, verifyLog } from './verify-log.ts'

/**
 * Verifies a log together with its witnesses. `verifyLog` shows that the files of a log agree with one another and with the given
 * checkpoints. This also asks each witness what it has cosigned, and compares what others have seen of the log.
 */

/** The options of {@link verifyWitnessed}. */
export interface WitnessedOptions extends VerifyOptions, WitnessDemands {
  /** Checkpoints that others know, of any log (docs/design/audit-log.md, Witnesses). Those that this log did not sign do not count. */
  readonly gossip?: readonly ToldNote[]
  /** The source is an older copy, and must have been the whole log at this point. By default it must be the whole log now. */
  readonly asOf?: AsOf | undefined
  /** How the witnesses are asked; undefined: they are not. */
  readonly ask?: AskOptions | undefined
  /** A clock in milliseconds since 1970. The default is `Date.now`. */
  readonly now?: () => number
}

/** The result of a verification with witnesses. */
export interface WitnessedReport extends VerifyReport {
  /** What makes that nobody can tell whether the log holds. */
  readonly doubts: readonly Finding[]
  /** What a reader should know although it does not speak against the log. */
  readonly notes: readonly Finding[]
  /** Each witness of the trust policy. */
  readonly witnesses: readonly WitnessView[]
  /** The evidence of each finding `SPLIT_VIEW`. */
  readonly splits: readonly SplitView[]
}

/** How many consecutive history files may be missing. A checkpoint may claim any size, so the search must end. */
const MAX_MISSING = 1_024

/** Verifies a log and what is known of it elsewhere. Rejects if the source cannot be read, or a demanded witness is not in the trust policy. */
export async function verifyWitnessed(
  source: LogSource,
  trusted: Policy,
  options: WitnessedOptions = {},
): Promise<WitnessedReport> {
  const { now = Date.now, ask, known = [], gossip = [], asOf, required = [] } = options
  const policy = await followKeys(source, trusted)
  const origin = readCheckpoint(await readNote(source))?.origin ?? ''
  // They are asked before the log is read. So an honest log has everything that they know.
  const answers = ask === undefined ? askNobody(policy) : await askWitnesses(policy, origin, ask)
  const served = answers.flatMap(({ name, note }) => (note === undefined ? [] : [{ note, where: `witness ${name}` }]))
  const told = sortTold(gossip, { policy, trusted, origin }, (note) => readCheckpoint(note)?.origin)
  const elsewhere = [...known, ...told.own, ...served]
  const copied = readCheckpoint(await readNote(source))?.size ?? 0
  const report = await verifyLog(source, trusted, {
    ...options,
    known: asOf === undefined ? elsewhere : withoutLater(elsewhere, copied),
  })
  const head = await readNote(source)
  const size = Math.max(report.size, readCheckpoint(head)?.size ?? 0)
  const tree = createTiledTree(createTileReader(source), () => size)
  const splits = await findSplits({ policy, origin, size, rootOf: tree.root, head }, [...elsewhere, ...told.otherKeys])
  const { views, notes } = await readViews(source, {
    policy,
    size: report.size,
    rootOf: tree.root,
    answers,
    elsewhere,
    nowMs: now(),
  })
  const contradictions = await findContradictions(answers, report, tree.root)
  const { witnessed } = report
  // What waits for its cosignatures was not the log of then.
  const nowMs = asOf === undefined ? now() : Number.POSITIVE_INFINITY
  const judged = judgeWitnesses({ policy, size: report.size, witnessed, views, contradictions, nowMs }, options)
  const ofThen =
    asOf &&
    (await judgeAsOf(asOf, {
      policy,
      head: tryCheck(head, policy),
      answers,
      elsewhere: [...known, ...told.own],
      required,
    }))
  const all = {
    findings: [...judged.findings, ...(ofThen?.findings ?? [])],
    doubts: [...judged.doubts, ...(ofThen?.doubts ?? [])],
    notes: [...judged.notes, ...told.notes, ...noteRepeated(report)],
  }
  return { ...report, ...merge(report, all, splits, notes), witnesses: views, splits }
}

function noteRepeated({ repeated }: VerifyReport): readonly Finding[] {
  const came = `several in ${repeated} of them, which an earlier version wrote while a quorum was missing; the first counts`
  return repeated === 0
    ? []
    : [{ kind: 'REPEATED', where: 'checkpoints', expected: 'one cosignature of each witness', came }]
}

/** Replaces the findings of `verifyLog` about which this knows more. */
function merge(
  report: VerifyReport,
  judged: WitnessJudgement,
  splits: readonly SplitView[],
  notes: readonly Finding[],
) {
  const same = new Set(splits.map(({ size, elsewhere }) => `checkpoint of size ${size} in ${elsewhere.where}`))
  const kept = report.findings.filter(({ kind, where }) => {
    return kind !== 'NO_QUORUM' && !(kind === 'ROOT' && same.has(where))
  })
  const splitFindings = splits.map(({ size, here, elsewhere }): Finding => {
    const where = `checkpoint of size ${size} in ${elsewhere.where}`
    return {
      kind: 'SPLIT_VIEW',
      where,
      expected: `the tree of ${here.where}`,
      came: 'another one, which the log signed too',
    }
  })
  return {
    findings: [...kept, ...splitFindings, ...judged.findings],
    doubts: judged.doubts,
    notes: [...judged.notes, ...notes],
  }
}

type RootOf = (size: number) => Promise<Uint8Array>

/** Finds the witnesses whose own records contradict the log. A damaged log is reported elsewhere. */
async function findContradictions(
  answers: readonly WitnessAnswer[],
  { size, findings }: VerifyReport,
  rootOf: RootOf,
): Promise<readonly Contradiction[]> {
  if (findings.some(({ kind }) => kind === 'MISSING' || kind === 'MALFORMED')) return []
  const found = await Promise.all(
    answers.map((answer) => findContradiction(answer, size, rootOf).catch(() => undefined)),
  )
  return found.flatMap((each) => each ?? [])
}

interface Viewed {
  readonly policy: Policy
  readonly size: number
  readonly rootOf: RootOf
  readonly answers: readonly WitnessAnswer[]
  readonly elsewhere: readonly FoundNote[]
  readonly nowMs: number
}

/** Finds what each witness cosigned last, in the log and elsewhere, of what agrees with the log. */
async function readViews(
  source: LogSource,
  { policy, size, rootOf, answers, elsewhere, nowMs }: Viewed,
): Promise<{ readonly views: readonly WitnessView[]; readonly notes: readonly Finding[] }> {
  const latest = new Map<string, { readonly size: number; readonly time: number }>()
  const clocks = new Map<string, Finding>()
  const take = async ({ note, where }: FoundNote): Promise<void> => {
    const checked = tryCheck(note, policy, nowMs)
    if (checked === undefined || !(await agrees(checked.checkpoint, size, rootOf))) return
    for (const { witness, time } of checked.cosignatures) {
      const before = latest.get(witness.name)
      const head = { size: checked.checkpoint.size, time }
      if (before === undefined || head.size > before.size || (head.size === before.size && time > before.time)) {
        latest.set(witness.name, head)
      }
    }
    for (const { witness, time } of checked.fromFuture) {
      const expected = `a time up to ${formatTime(Math.floor(nowMs / 1_000))}`
      clocks.set(witness.name, {
        kind: 'WRONG_CLOCK',
        where: `witness ${witness.name} in ${where}`,
        expected,
        came: formatTime(time),
      })
    }
  }
  for (const found of elsewhere) await take(found)
  for await (const found of newestFirst(source, size)) {
    const missing = policy.witnesses.filter(({ name }) => !latest.has(name) && !clocks.has(name))
    if (missing.length === 0 && found.where !== 'checkpoint') break
    // Verifying a signature takes long, so only the notes that name a missing witness are verified.
    if (found.where === 'checkpoint' || missing.some(({ verifier }) => found.note.includes(`— ${verifier.name} `)))
      await take(found)
  }
  const views = answers.map(({ name, kind, why }): WitnessView => {
    const head = latest.get(name)
    return { name, size: head?.size ?? null, time: head?.time ?? null, answer: kind, why }
  })
  return { views, notes: [...clocks.values()] }
}

async function agrees({ size: claimed, root }: Checkpoint, size: number, rootOf: RootOf): Promise<boolean> {
  if (claimed > size) return false
  return isSameHash(await rootOf(claimed).catch(() => new Uint8Array()), root)
}

/** Yields the checkpoint of a log, and then the notes of its history, newest first. */
async function* newestFirst(source: LogSource, size: number): AsyncGenerator<FoundNote> {
  yield { note: await readNote(source), where: 'checkpoint' }
  let missing = 0
  for (let at = size; at >= 0 && missing < MAX_MISSING; at -= LEAVES_PER_HISTORY_FILE) {
    const path = historyPath(at)
    const bytes = await source.read(path)
    missing = bytes === undefined ? missing + 1 : 0
    if (bytes === undefined) continue
    for (const note of decodeNotes(bytes).notes.toReversed()) yield { note, where: path }
  }
}

/** Follows the rotations of the log's key. `verifyLog` reports wrong ones. */
async function followKeys(source: LogSource, trusted: Policy): Promise<Policy> {
  try {
    return withRotations(trusted, await readRotations(source))
  } catch (error) {
    if (error instanceof NoteError) return trusted
    throw error
  }
}

async function readNote(source: LogSource): Promise<string> {
  return Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
}

function readCheckpoint(note: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(parseNote(note).text)
  } catch {
    return undefined
  }
}

function tryCheck(note: string, policy: Policy, nowMs?: number): CheckedCheckpoint | undefined {
  try {
    return checkCheckpoint(note, policy, nowMs)
  } catch {
    return undefined
  }
}
