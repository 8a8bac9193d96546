import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { throwDamaged } from '../../../audit/finding.ts'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withRotations } from '../../../audit/note/policy.ts'
import { parseRotation, ROTATION_KIND } from '../../../audit/note/rotation.ts'
import { parseTlogProof, provesEntry } from '../../../audit/note/tlog-proof.ts'
import type { PlacedEntry } from '../../../audit/verify/read-entries.ts'
import { quorumTimeMs, type Side } from './sides.ts'

/** How many checkpoints stay verified. Neighbouring lines often have the same one. */
const MAX_CHECKPOINTS = 256

interface ExportLine {
  readonly at: number
  readonly entry: unknown
  readonly proof: string
}

/**
 * Makes a side of a file that `istmo audit export` wrote: entries of one log, each with its proof. It reads the file twice: for the checkpoints,
 * and for the entries.
 * @throws {Error} if the file is not such a file.
 */
export async function sideOfExport(path: string, policies: readonly Policy[]): Promise<Side> {
  const policy = await followRotations(path, policies)
  const checks = new Map<string, CheckedCheckpoint>()
  const check = (note: string): CheckedCheckpoint => {
    const checked = checks.get(note) ?? checkCheckpoint(note, policy)
    checks.set(note, checked)
    const [oldest] = checks.keys()
    if (checks.size > MAX_CHECKPOINTS && oldest !== undefined) checks.delete(oldest)
    return checked
  }
  let [name, size, witnessedSize, witnessedMs] = ['', 0, 0, Number.NEGATIVE_INFINITY]
  for await (const { at, proof } of readLines(path)) {
    const checked = check(parseTlogProof(proof).checkpoint)
    const { origin } = checked.checkpoint
    if (name !== '' && name !== origin)
      throw new Error(`${path}: line ${at}: expected an entry of ${name}; came ${origin}`)
    name = origin
    size = Math.max(size, checked.checkpoint.size)
    const timeMs = quorumTimeMs(policy, checked)
    if (timeMs !== undefined && checked.checkpoint.size >= witnessedSize) {
      ;[witnessedSize, witnessedMs] = [checked.checkpoint.size, Math.max(witnessedMs, timeMs)]
    }
  }
  if (name === '') throw new Error(`${path}: expected a file of \`istmo audit export\`; came an empty one`)
  const isDemanded = policy.quorum !== 'none'
  return {
    ...{ name, size, isExport: true, isLive: false, timesFrom: null, checkpointAt: null },
    witnessed: {
      isDemanded,
      size: witnessedSize,
      timeMs: witnessedMs === Number.NEGATIVE_INFINITY ? null : witnessedMs,
    },
    anchorsNear: async () => [],
    entries: () => readEntriesOf(path, check),
  }
}

async function* readEntriesOf(path: string, check: (note: string) => CheckedCheckpoint): AsyncGenerator<PlacedEntry> {
  let last = -1
  for await (const { at, entry, proof } of readLines(path)) {
    if (isRotation(entry)) continue
    const bytes = canonicalBytes(entry)
    const parsed = parseTlogProof(proof)
    const { checkpoint } = check(parsed.checkpoint)
    if (!provesEntry(bytes, parsed, checkpoint)) {
      throwDamaged('RECEIPT', `${path}: line ${at}`, 'a proof of the entry beside it', 'another')
    }
    if (parsed.index <= last)
      throw new Error(`${path}: line ${at}: expected an entry after ${last}; came ${parsed.index}`)
    last = parsed.index
    yield { index: parsed.index, bytes }
  }
}

/** Finds the trust policy for the export, and follows the rotations that the export brings along. */
async function followRotations(path: string, policies: readonly Policy[]): Promise<Policy> {
  const rotations = []
  let first: string | undefined
  for await (const { entry, proof } of readLines(path)) {
    if (isRotation(entry)) rotations.push(parseRotation(proof))
    first ??= parseTlogProof(proof).checkpoint
    // Rotations come first.
    if (!isRotation(entry)) break
  }
  const origin = first?.slice(0, first.indexOf('\n'))
  const policy = policies.find(({ logs }) => logs.some(({ verifier }) => verifier.name === origin)) ?? policies[0]
  if (policy === undefined) throw new Error('expected a trust policy; came nothing')
  return withRotations(policy, rotations)
}

function isRotation(entry: unknown): boolean {
  return (Object(entry) as { kind?: unknown }).kind === ROTATION_KIND
}

async function* readLines(path: string): AsyncGenerator<ExportLine> {
  let at = 0
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    at++
    if (text === '') continue
    const { entry, proof } = parseLine(path, at, text)
    // A line without a proof describes the export. Whatever it says is not proven, so it is not read here.
    if (proof === undefined) continue
    if (typeof proof !== 'string' || entry === undefined) {
      throw new Error(`${path}: line ${at}: expected an entry and its proof; came something else`)
    }
    yield { at, entry, proof }
  }
}

function parseLine(path: string, at: number, text: string): { readonly entry?: unknown; readonly proof?: unknown } {
  try {
    return Object(JSON.parse(text)) as { entry?: unknown; proof?: unknown }
  } catch {
    throw new Error(`${path}: line ${at}: expected JSON; came something else`)
  }
}
