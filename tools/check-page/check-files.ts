import { formatFinding } from '../../audit/finding.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { NoteError } from '../../audit/note/key.ts'
import { type Policy, parsePolicy, withRotations } from '../../audit/note/policy.ts'
import { type KeyRotation, parseRotation, ROTATION_KIND } from '../../audit/note/rotation.ts'
import { parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { verifyReceipt } from '../../audit/verify/verify-receipt.ts'
import { type CheckedExport, checkBetween, createExportCheck } from '../../auditors/check-export.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { describeEntry, type EntryWords } from '../../contract/audit-log/words.ts'
import type { Language } from '../../contract/language.ts'

/**
 * What the offline page does with the files that somebody drops onto it. It runs in a browser, on the same code for proofs, notes and
 * trust policies as `istmo audit check`.
 */

/** A file as the browser read it. */
export interface DroppedFile {
  readonly name: string
  readonly text: string
}

/** The check of one proof. */
export interface CheckedProof {
  /** The name of the file, with the line for a file of `export`. */
  readonly name: string
  /** `HOLDS`: the entry is in the log. `UNWITNESSED`: it is, but the quorum of the trust policy is missing. */
  readonly verdict: 'HOLDS' | 'UNWITNESSED' | 'FAILS'
  /** Where the entry is: the log's origin, the index and the size of the tree. */
  readonly place: { readonly origin: string; readonly index: number; readonly size: number } | undefined
  /** The witnesses that cosigned, with their times (RFC 3339). */
  readonly witnesses: readonly { readonly name: string; readonly time: string }[]
  readonly words: EntryWords | undefined
  /** What is wrong; empty if the proof holds. */
  readonly findings: readonly string[]
}

/** What a file of `export` is, beside its proofs. */
export interface CheckedList extends Omit<CheckedExport, 'findings' | 'path'> {
  readonly name: string
  /** What is wrong with the list: parts that are missing, lines in another order. */
  readonly findings: readonly string[]
  /** Why nobody can see in this file whether entries are missing; null if it shows that none is. */
  readonly doubt: 'NO_END' | 'ALL_COUNTRIES' | 'EXTRACT' | 'NO_COUNTS' | null
}

/** The result of all files. */
export interface CheckedFiles {
  /**
   * One verdict for all: `FAILS` if one thing is wrong, `UNREAD` if a file could not be read, `UNTOLD` if a list may have been cut, `UNWITNESSED` if a proof lacks
   * its quorum. Null if there is nothing to check.
   */
  readonly verdict: CheckedProof['verdict'] | 'UNTOLD' | 'UNREAD' | null
  readonly lists: readonly CheckedList[]
  /** What is missing between several files of one country. */
  readonly between: readonly string[]
  /** Whether a trust policy is among the files. Without one, nothing is checked. */
  readonly hasPolicy: boolean
  readonly proofs: readonly CheckedProof[]
  /** Files that are no policy, no proof and no export, each with the reason. */
  readonly unread: readonly string[]
}

interface Proof {
  readonly name: string
  readonly proof: string
  /** The bytes of the entry; undefined if they are in the proof itself. */
  readonly entry: Uint8Array | undefined
}

const PROOF_HEADER = 'c2sp.org/tlog-proof@v1\n'

/** Checks all proofs under the trust policies that are among the files. Several policies count as one list; each proof needs one of them. */
export function checkFiles(files: readonly DroppedFile[], language: Language): CheckedFiles {
  const policies: Policy[] = []
  const proofs: Proof[] = []
  const lists: DroppedFile[] = []
  const unread: string[] = []
  for (const { name, text } of files) {
    try {
      if (text.startsWith(PROOF_HEADER)) proofs.push({ name, proof: text, entry: undefined })
      else if (/^\uFEFF?\{/.test(text)) {
        const list = { name, text: text.replace(/^\uFEFF/, '') }
        proofs.push(...readExport(name, list.text))
        lists.push(list)
      } else policies.push(parsePolicy(text))
    } catch (error) {
      unread.push(`${name}: ${(error as Error).message}`)
    }
  }
  const rotations = proofs.flatMap(({ proof }) => readRotation(proof))
  const trusted = policies.map((policy) => followRotations(policy, rotations, unread))
  const checked = trusted.length === 0 ? [] : proofs.map((proof) => checkUnderAny(proof, trusted, language))
  const exports = trusted.length === 0 ? [] : lists.map((file) => checkListUnderAny(file, policies, unread))
  const between = checkBetween(exports.flatMap((each) => each ?? [])).map(formatFinding)
  const told = exports.flatMap((each) => (each === undefined ? [] : [toList(each)]))
  const result = { hasPolicy: policies.length > 0, proofs: checked, lists: told, between, unread }
  return { verdict: judge(result), ...result }
}

/** Puts all into one word, the worst first. */
function judge({
  proofs,
  lists,
  between,
  unread,
}: Omit<CheckedFiles, 'verdict' | 'hasPolicy'>): CheckedFiles['verdict'] {
  const isWrong = proofs.some(({ verdict }) => verdict === 'FAILS') || lists.some(({ findings }) => findings.length > 0)
  if (isWrong || between.length > 0) return 'FAILS'
  if (unread.length > 0) return 'UNREAD'
  if (proofs.length + lists.length === 0) return null
  if (lists.some(({ doubt }) => doubt !== null)) return 'UNTOLD'
  return proofs.some(({ verdict }) => verdict === 'UNWITNESSED') ? 'UNWITNESSED' : 'HOLDS'
}

/** Checks a list as `istmo audit check` does. A quorum that a proof lacks is said at the proof. */
function checkListUnderAny(
  { name, text }: DroppedFile,
  policies: readonly Policy[],
  unread: string[],
): CheckedExport | undefined {
  try {
    const results = policies.map((policy) => {
      const check = createExportCheck(name, policy)
      for (const line of text.trimEnd().split('\n')) check.push(line.replace(/\r$/, ''))
      const checked = check.end()
      return { ...checked, findings: checked.findings.filter(({ kind }) => kind !== 'NO_QUORUM') }
    })
    return results.toSorted((one, other) => one.findings.length - other.findings.length)[0]
  } catch (error) {
    unread.push((error as Error).message)
    return undefined
  }
}

function toList({ path, findings, ...checked }: CheckedExport): CheckedList {
  return { ...checked, name: path, findings: findings.map(formatFinding), doubt: doubtOf(checked) }
}

function doubtOf({ statement, countedAt }: Pick<CheckedExport, 'statement' | 'countedAt'>): CheckedList['doubt'] {
  if (statement === undefined) return 'NO_END'
  if (statement.country === null) return 'ALL_COUNTRIES'
  if (statement.isExtract) return 'EXTRACT'
  return countedAt === null ? 'NO_COUNTS' : null
}

/** Reads a file of `istmo audit export`: JSON lines, each with an entry and its proof. */
function readExport(name: string, text: string): readonly Proof[] {
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line, at) => {
      const { entry, proof } = JSON.parse(line) as { readonly entry?: unknown; readonly proof?: unknown }
      if (typeof proof !== 'string' || entry === undefined) return []
      return [{ name: `${name}, line ${at + 1}`, proof, entry: canonicalBytes(entry) }]
    })
}

function readRotation(proof: string): readonly KeyRotation[] {
  try {
    return [parseRotation(proof)]
  } catch {
    // Most proofs are of other entries.
    return []
  }
}

function followRotations(policy: Policy, rotations: readonly KeyRotation[], unread: string[]): Policy {
  const byOrigin = new Map<string, KeyRotation[]>()
  for (const rotation of rotations) {
    const { name } = rotation.oldKey
    byOrigin.set(name, [...(byOrigin.get(name) ?? []), rotation])
  }
  let followed = policy
  for (const own of byOrigin.values()) {
    try {
      followed = withRotations(
        followed,
        [...own].sort((one, other) => one.index - other.index),
      )
    } catch (error) {
      unread.push((error as Error).message)
    }
  }
  return followed
}

function checkUnderAny(proof: Proof, policies: readonly Policy[], language: Language): CheckedProof {
  const results = policies.map((policy) => checkProof(proof, policy, language))
  const best = results.find(({ verdict }) => verdict === 'HOLDS') ?? results.find(({ verdict }) => verdict !== 'FAILS')
  const [first] = results
  const result = best ?? first
  if (result === undefined) throw new NoteError('expected a trust policy')
  return result
}

function checkProof({ name, proof, entry }: Proof, policy: Policy, language: Language): CheckedProof {
  const bytes = entry ?? readExtra(proof)
  if (bytes === undefined) {
    const findings = ['expected a proof with its entry in the line «extra»']
    return { name, verdict: 'FAILS', place: undefined, witnesses: [], words: undefined, findings }
  }
  const { findings, index, checked } = verifyReceipt(proof, bytes, policy)
  const place =
    checked === undefined || index === undefined
      ? undefined
      : { origin: checked.checkpoint.origin, index, size: checked.checkpoint.size }
  const witnesses = (checked?.cosignatures ?? []).map(({ witness, time }) => ({
    name: witness.name,
    time: new Date(time * 1000).toISOString(),
  }))
  const holds = findings.length === 0
  return {
    name,
    verdict: holds ? (checked?.isInQuorum === true ? 'HOLDS' : 'UNWITNESSED') : 'FAILS',
    place,
    witnesses,
    // The words of an entry that is not proved would look like a fact.
    words: holds ? describeBytes(bytes, language) : undefined,
    findings: findings.map(formatFinding),
  }
}

function readExtra(proof: string): Uint8Array | undefined {
  try {
    return parseTlogProof(proof).extra
  } catch {
    return undefined
  }
}

function describeBytes(bytes: Uint8Array, language: Language): EntryWords | undefined {
  const text = new TextDecoder().decode(bytes)
  try {
    const entry = JSON.parse(text) as Entry
    if (entry.kind === ROTATION_KIND) return { title: ROTATION_KIND, lines: [{ label: 'JSON', text }] }
    const words = describeEntry(entry, language)
    return { ...words, lines: [...words.lines, { label: 'JSON', text }] }
  } catch {
    return { title: '', lines: [{ label: 'JSON', text }] }
  }
}
