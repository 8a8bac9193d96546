/**
 * Verifies a log together with its witnesses. `verifyLog` shows that the files of a log agree with one another and with the given
 * checkpoints. This also asks each witness what it has cosigned, and compares what others have seen of the log.
 */
import type { Finding } from '../finding.ts'
import { decodeNotes, historyPath, LEAVES_PER_HISTORY_FILE } from '../log/history.ts'
import { isSameHash } from '../merkle/hash.ts'
import { createTiledTree } from '../merkle/tiled-tree.ts'
import { type Checkpoint, readUncheckedCheckpoint } from '../note/checkpoint.ts'
import { NoteError } from '../note/key.ts'
import {
  type CheckedCheckpoint,
  checkCheckpoint,
  isQuorum,
  type Policy,
  tryCheckCheckpoint,
  withRotations,
} from '../note/policy.ts'
import type { KeyRotation } from '../note/rotation.ts'
import type { CosignedSize } from '../witness/heads.ts'
import {
  type AskOptions,
  askNobody,
  askWitnesses,
  type Contradiction,
  findContradiction,
  formatTime,
  judgeWitnesses,
  NO_WITNESSES,
  type WitnessAnswer,
  type WitnessDemands,
  type WitnessJudgement,
  type WitnessView,
} from './judge-witnesses.ts'
import { createTileReader, type FoundNote, readRotations } from './read-log.ts'
import type { LogSource } from './source.ts'
import { type VerifyOptions, type VerifyReport, verifyLog } from './verify-log.ts'

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
  const origin = readUncheckedCheckpoint(await readNote(source))?.origin ?? ''
  // They are asked before the log is read. So an honest log has everything that they know.
  const answers = ask === undefined ? askNobody(policy) : await askWitnesses(policy, origin, ask)
  const served = answers.flatMap(({ name, note }) => (note === undefined ? [] : [{ note, where: `witness ${name}` }]))
  const told = sortTold(gossip, { policy, trusted, origin })
  const elsewhere = [...known, ...told.own, ...served]
  const copied = readUncheckedCheckpoint(await readNote(source))?.size ?? 0
  const report = await verifyLog(source, trusted, {
    ...options,
    known: asOf === undefined ? elsewhere : withoutLater(elsewhere, copied),
  })
  const head = await readNote(source)
  const size = Math.max(report.size, readUncheckedCheckpoint(head)?.size ?? 0)
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
      head: tryCheckCheckpoint(head, policy),
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
    const checked = tryCheckCheckpoint(note, policy, nowMs)
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

/**
 * Judges an older copy of a log: whether it was the whole log at its size, or at a time. What witnesses cosigned later does not count as a rollback. It does
 * not say that the log of today continues the copy.
 */

/** The point that a reader asks about. `size`: how many entries the copy must have. `timeS`: in seconds since 1970. */
export type AsOf = { readonly size: number } | { readonly timeS: number }

/** Leaves out the checkpoints that are larger than the copy: they came later. */
export function withoutLater(found: readonly FoundNote[], size: number): readonly FoundNote[] {
  return found.filter(({ note }) => (readUncheckedCheckpoint(note)?.size ?? 0) <= size)
}

/** What {@link judgeAsOf} needs to know. */
interface CopiedLog {
  readonly policy: Policy
  /** The checkpoint of the copy; undefined if it does not hold. */
  readonly head: CheckedCheckpoint | undefined
  readonly answers: readonly WitnessAnswer[]
  /** Checkpoints of this log that somebody else knows. */
  readonly elsewhere: readonly FoundNote[]
  /** The witnesses that the reader demands. */
  readonly required: readonly string[]
}

/**
 * Judges whether a copy was the whole log at a time: a quorum had cosigned it by then, a quorum says what it had cosigned by then, and none of them
 * had cosigned more.
 * @throws {Error} if the copy has another size than the one that the reader asks of.
 */
export async function judgeAsOf(asOf: AsOf, log: CopiedLog): Promise<Partial<WitnessJudgement>> {
  const { policy, head, answers, elsewhere, required } = log
  // What is wrong with a checkpoint that does not hold is a finding already.
  if (head === undefined) return {}
  const { size } = head.checkpoint
  if ('size' in asOf) {
    if (asOf.size === size) return {}
    throw new Error(`expected a copy of ${asOf.size} entries for --as-of; this one has ${size}`)
  }
  const { timeS } = asOf
  const known = await Promise.all(answers.map((answer) => readKnowledge(answer, head.checkpoint, timeS, policy)))
  const before = head.cosignatures.filter(({ time }) => time <= timeS).map(({ witness }) => witness.name)
  const seen = known.flatMap(({ name, hadCosigned }) => (hadCosigned ? [name] : []))
  const told = known.flatMap(({ name, isTold }) => (isTold ? [name] : []))
  const more = [
    ...known.flatMap(({ more: each }) => each ?? []),
    ...listMore(elsewhere, head.checkpoint, timeS, policy),
  ]
  const isSure = new Set(more.map(({ name }) => name)).size > 1 || more.some(({ name }) => required.includes(name))
  const larger = more.map(({ name, size: came, time }): Finding => {
    const expected = `at most the ${size} entries of this copy by ${formatTime(timeS)}`
    return { kind: 'ROLLBACK', where: `witness ${name}`, expected, came: `${came} entries, ${formatTime(time)}` }
  })
  return {
    findings: isSure ? larger : [],
    doubts: [
      ...(isSure ? [] : larger),
      ...demandQuorum(
        'NO_QUORUM',
        `a quorum that had cosigned the ${size} entries by ${formatTime(timeS)}`,
        [...before, ...seen],
        policy,
      ),
      ...demandQuorum('NOT_ASKED', `a quorum that says what it had cosigned by ${formatTime(timeS)}`, told, policy),
    ],
  }
}

function demandQuorum(
  kind: Finding['kind'],
  expected: string,
  names: readonly string[],
  policy: Policy,
): readonly Finding[] {
  const all = new Set(names)
  // Without witnesses nothing has a time: the owner of the log's key could have written the copy today.
  if (policy.quorum === 'none') return [{ kind, where: 'witnesses', expected, came: NO_WITNESSES }]
  if (isQuorum(policy, all)) return []
  return [{ kind, where: 'witnesses', expected, came: all.size === 0 ? 'none' : [...all].join(', ') }]
}

/** A witness had cosigned more than the copy has. */
interface More {
  readonly name: string
  readonly size: number
  readonly time: number
}

/** What one witness knows of the time in question. */
interface Knowledge {
  readonly name: string
  /** Whether it had cosigned exactly this copy. */
  readonly hadCosigned: boolean
  /** Whether it says all that it had cosigned by then. */
  readonly isTold: boolean
  readonly more?: More
}

async function readKnowledge(
  { name, kind, note = '', cosigned }: WitnessAnswer,
  head: Checkpoint,
  timeS: number,
  policy: Policy,
): Promise<Knowledge> {
  if (kind !== 'SERVED') return { name, hadCosigned: false, isTold: false }
  const records: CosignedSize[] = []
  for await (const page of cosigned()) records.push(...page)
  const served = tryCheckCheckpoint(note, policy)
  const last = served?.checkpoint.size ?? 0
  const own = served?.cosignatures.find(({ witness }) => witness.name === name)
  const all = [...records, ...(own === undefined ? [] : [{ size: last, time: own.time }])]
  const larger = all.find(({ size, time }) => size > head.size && time <= timeS)
  const isComplete = records.some(({ size }) => size >= last)
  return {
    name,
    hadCosigned: records.some(
      ({ size, time, root }) => size === head.size && time <= timeS && isSameHash(root, head.root),
    ),
    isTold: isComplete || last <= head.size || larger !== undefined,
    ...(larger !== undefined && { more: { name, size: larger.size, time: larger.time } }),
  }
}

/** Lists who had cosigned more than the copy has, by checkpoints that others know. */
function listMore(elsewhere: readonly FoundNote[], head: Checkpoint, timeS: number, policy: Policy): readonly More[] {
  return elsewhere.flatMap(({ note }) => {
    const checked = tryCheckCheckpoint(note, policy)
    if (checked === undefined || checked.checkpoint.origin !== head.origin) return []
    const { size } = checked.checkpoint
    if (size <= head.size) return []
    return checked.cosignatures.flatMap(({ witness: { name }, time }) => (time <= timeS ? [{ name, size, time }] : []))
  })
}

/** Finds checkpoints of one log that contradict each other, although a key of the log signed both. */

/** Two checkpoints of one log that contradict each other. Both are signed by the log, so they prove it to anybody. */
export interface SplitView {
  readonly origin: string
  readonly size: number
  readonly here: FoundNote
  readonly elsewhere: FoundNote
}

/** A checkpoint that somebody else knows. `rotations`: those of the copy of the log in which it stands; absent if it is in none. */
export interface ToldNote extends FoundNote {
  readonly rotations?: readonly KeyRotation[]
}

/** A checkpoint, with the trust policy under which its signature is right. */
interface SignedNote extends FoundNote {
  readonly keys: Policy
}

/** What is told of a log, by whether its keys signed it. */
interface SortedNotes {
  /** Checkpoints that the log signed with the keys that it has here. */
  readonly own: readonly FoundNote[]
  /**
   * Checkpoints that another copy of the log signed with the keys that it has there: the two copies replaced the key in two ways. To whoever trusts the key
   * before, both are this log.
   */
  readonly otherKeys: readonly SignedNote[]
  /** Notes about checkpoints of this name that none of these keys signed. Anybody can write one, so they say nothing against the log. */
  readonly notes: readonly Finding[]
}

/**
 * Sorts what somebody told of logs, and leaves out other logs.
 * @param policy the trust policy with the rotations of the log's key, as they are here
 * @param trusted the same without them
 * @param readOrigin reads the origin of a note without any check
 */
export function sortTold(
  told: readonly ToldNote[],
  { policy, trusted, origin }: { readonly policy: Policy; readonly trusted: Policy; readonly origin: string },
): SortedNotes {
  const own: FoundNote[] = []
  const otherKeys: SignedNote[] = []
  const notes: Finding[] = []
  for (const found of told.filter(({ note }) => readUncheckedCheckpoint(note)?.origin === origin)) {
    const checked = checkOrReason(found.note, policy)
    const keys =
      typeof checked === 'string' && found.rotations !== undefined ? follow(trusted, found.rotations) : undefined
    if (typeof checked !== 'string') own.push(found)
    else if (keys !== undefined && typeof checkOrReason(found.note, keys) !== 'string') {
      otherKeys.push({ note: found.note, where: found.where, keys })
    } else {
      const expected = 'a checkpoint that a key of this log in force signed; this one does not count'
      notes.push({ kind: 'SIGNATURE', where: found.where, expected, came: checked })
    }
  }
  return { own, otherKeys, notes }
}

function follow(trusted: Policy, rotations: readonly KeyRotation[]): Policy | undefined {
  try {
    return withRotations(trusted, rotations)
  } catch (error) {
    if (error instanceof NoteError) return undefined
    throw error
  }
}

/** What the checkpoints are compared with. */
interface ComparedLog {
  readonly policy: Policy
  readonly origin: string
  readonly size: number
  readonly rootOf: (size: number) => Promise<Uint8Array>
  /** The log's own checkpoint, as a note. */
  readonly head: string
}

/** Finds checkpoints that the log signed and that contradict its tree, or one another. */
export async function findSplits(
  { policy, origin, size, rootOf, head }: ComparedLog,
  elsewhere: readonly (FoundNote | SignedNote)[],
): Promise<readonly SplitView[]> {
  const here = { note: head, where: 'checkpoint' }
  const splits: SplitView[] = []
  const seen = new Map<number, { readonly root: Uint8Array; readonly found: FoundNote }>()
  for (const { note, where, ...rest } of elsewhere) {
    const found = { note, where }
    const checked = checkOrReason(note, 'keys' in rest ? rest.keys : policy)
    if (typeof checked === 'string' || checked.checkpoint.origin !== origin) continue
    const { checkpoint } = checked
    const before = seen.get(checkpoint.size)
    const root = checkpoint.size <= size ? await rootOf(checkpoint.size).catch(() => undefined) : before?.root
    if (root !== undefined && !isSameHash(root, checkpoint.root)) {
      const contradicted = checkpoint.size <= size ? here : (before?.found ?? here)
      splits.push({ origin, size: checkpoint.size, here: contradicted, elsewhere: found })
    }
    seen.set(checkpoint.size, { root: checkpoint.root, found })
  }
  return splits
}

/** Checks a checkpoint. Returns why it does not hold, if it does not. */
function checkOrReason(note: string, policy: Policy): CheckedCheckpoint | string {
  try {
    return checkCheckpoint(note, policy)
  } catch (error) {
    return (error as Error).message
  }
}
