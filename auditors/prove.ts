import { writeFile } from 'node:fs/promises'
import type { LogReader } from '../audit/reader/log-reader.ts'
import type { PlacedEntry } from '../audit/verify/read-log.ts'
import { TEXT } from '../service/command-texts.ts'
import { defineAudit } from './command.ts'
import { openLogOption } from './inputs.ts'
import { ENTRY_ARGUMENT, LOG_OPTIONS } from './options.ts'
import { findContinuations, findEntry, membersOf, parseIfReadable, UUID } from './readable-entries.ts'
import { say } from './words.ts'

/** `istmo audit prove`: writes a bundle that proves, without the log, that an entry is in it. */
export const proveCommand = defineAudit(
  'prove',
  {
    arguments: ENTRY_ARGUMENT,
    options: {
      ...LOG_OPTIONS,
      out: TEXT,
    },
  },
  async (line, io) => {
    const reader = await openLogOption(line)
    const wanted = line.entry
    const found = await findEntry(reader, wanted, io)
    if (found === undefined) {
      const text = await wordMissingEntry(reader, wanted)
      return { verdict: 'FAILS', text, json: { entry: wanted } }
    }
    const parts = await findParts(reader, found)
    const proofs = await Promise.all(parts.map((index) => reader.prove(index)))
    const paths = proofs.map((_, part) => bundlePath(line.out, wanted, part))
    for (const [at, path] of paths.entries()) await writeFile(path, proofs[at]?.proof ?? '')
    const rotations = reader.rotations.map(({ proof }, at) => ({ proof, path: rotationFilePath(paths[0] ?? '', at) }))
    for (const { proof, path } of rotations) await writeFile(path, proof)
    const isWitnessed = proofs.every(({ head }) => head.isInQuorum)
    const bundles = proofs.map(({ index, head }, at) => {
      const witnesses = head.cosignatures.map(({ witness }) => witness.name)
      return { bundle: paths[at], index, size: head.checkpoint.size, inQuorum: head.isInQuorum, witnesses }
    })
    return {
      verdict: isWitnessed ? 'HOLDS' : 'UNTOLD',
      text: [
        ...bundles.map((bundle) => formatBundle(bundle, reader.log.name)),
        ...rotations.map(({ path }) => `${path}: a rotation of the log’s key, for \`check --rotation\``),
      ].join('\n'),
      json: {
        origin: reader.log.name,
        ...bundles[0],
        continuations: bundles.slice(1),
        rotations: rotations.map(({ path }) => path),
      },
    }
  },
)

/** Finds the indexes of an entry and its continuations. Each of them has a bundle of its own. */
export async function findParts(reader: LogReader, { index, bytes }: PlacedEntry): Promise<readonly number[]> {
  const entry = parseIfReadable(bytes)
  if (entry?.kind !== 'request') return [index]
  return [index, ...(await findContinuations(reader, index, entry)).map((placed) => placed.index)]
}

interface Bundle {
  readonly bundle: string | undefined
  readonly index: number
  readonly size: number
  readonly inQuorum: boolean
  readonly witnesses: readonly string[]
}

function formatBundle({ bundle, index, size, inQuorum, witnesses }: Bundle, origin: string): string {
  const seen = inQuorum
    ? `in quorum: ${witnesses.join(', ') || 'the trust policy demands no witnesses'}`
    : 'NOT in quorum yet: run prove again when the witnesses have cosigned it'
  return `${bundle}: entry ${index} of ${origin}, under the checkpoint of ${size} entries, ${seen}`
}

/** Returns the path of the proof of a rotation beside the bundle of an entry. */
export function rotationFilePath(bundle: string, at: number): string {
  return `${bundle.replace(/\.tlog-proof$/, '')}.rotation-${at}.tlog-proof`
}

/** Returns the path of the bundle of a part. Part 0 is the entry itself. */
export function bundlePath(out: string | undefined, wanted: string, part: number): string {
  const path = out ?? `${wanted}.tlog-proof`
  return part === 0 ? path : `${path.replace(/\.tlog-proof$/, '')}.${part}.tlog-proof`
}

/** How many ids of legs a message names. */
const NAMED_LEGS = 5

/**
 * Says that a log does not have an entry. In a country's log, each leg has an id of its own, and `who-saw` prints the request's: so if the log has legs of
 * such a request, it names them.
 */
export async function wordMissingEntry(reader: LogReader, wanted: string): Promise<string> {
  const text = say('missing.entry', { log: reader.log.name, wanted, size: reader.head.checkpoint.size })
  const legs = UUID.test(wanted) ? await findLegs(reader, wanted) : []
  if (legs.length === 0) return text
  const named = legs.slice(0, NAMED_LEGS).join(', ')
  const rest = legs.length > NAMED_LEGS ? say('missing.more', { number: legs.length - NAMED_LEGS }) : ''
  return `${text}\n${say('missing.legs', { named, rest })}`
}

async function findLegs(reader: LogReader, request: string): Promise<readonly string[]> {
  const legs: string[] = []
  const member = Buffer.from(`"requestId":"${request}"`)
  for await (const { bytes } of reader.entries()) {
    if (!Buffer.from(bytes).includes(member)) continue
    const { kind, requestId, id } = membersOf(bytes)
    if (kind === 'leg' && requestId === request) legs.push(String(id))
  }
  return legs
}
