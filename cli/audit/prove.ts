import { writeFile } from 'node:fs/promises'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import type { PlacedEntry } from '../../audit/verify/read-entries.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { defineAudit } from './command.ts'
import { continuationsOf } from './continuations.ts'
import { findEntry } from './find-entry.ts'
import { ENTRY_ARGUMENT, LOG_OPTIONS, openLogOption } from './inputs.ts'

/** `istmo audit prove`: writes the bundle that shows, without the log, that an entry is in it. */
export const proveCommand = defineAudit(
  {
    name: 'prove',
    description: 'write a bundle that proves one entry without the log',
    arguments: ENTRY_ARGUMENT,
    options: {
      ...LOG_OPTIONS,
      out: {
        flag: 'out',
        value: 'file',
        expected: 'the path of a file',
        meaning: 'where the bundle goes; without it, <entry>.tlog-proof',
      },
    },
    examples: [{ command: 'istmo audit prove 7 --log gateway --policy trust-policy', meaning: 'Writes 7.tlog-proof.' }],
  },
  async (line, io) => {
    const reader = await openLogOption(line)
    const wanted = line.entry
    const found = await findEntry(reader, wanted, io)
    if (found === undefined) {
      const text = `DOES NOT HOLD: ${reader.log.name} has no entry ${wanted} among its ${reader.head.checkpoint.size}.`
      return { verdict: 'FAILS', text, json: { entry: wanted } }
    }
    const parts = await partsOf(reader, found)
    const proofs = await Promise.all(parts.map((index) => reader.prove(index)))
    const paths = proofs.map((_, part) => outOf(line.out, wanted, part))
    for (const [at, path] of paths.entries()) await writeFile(path, proofs[at]?.proof ?? '')
    const isSeen = proofs.every(({ head }) => head.isInQuorum)
    const bundles = proofs.map(({ index, head }, at) => {
      const witnesses = head.cosignatures.map(({ witness }) => witness.name)
      return { bundle: paths[at], index, size: head.checkpoint.size, inQuorum: head.isInQuorum, witnesses }
    })
    return {
      verdict: isSeen ? 'HOLDS' : 'UNTOLD',
      text: bundles.map((bundle) => lineOf(bundle, reader.log.name)).join('\n'),
      json: { origin: reader.log.name, ...bundles[0], continuations: bundles.slice(1) },
    }
  },
)

/** Where the entry stands, and its continuations: each has a bundle of its own. */
async function partsOf(reader: LogReader, { index, bytes }: PlacedEntry): Promise<readonly number[]> {
  const entry = readOrNothing(bytes)
  if (entry?.kind !== 'request') return [index]
  return [index, ...(await continuationsOf(reader, index, entry)).map((placed) => placed.index)]
}

/** An entry of a form that is not known can be proved all the same. */
function readOrNothing(bytes: Uint8Array): Entry | undefined {
  try {
    return parseEntry(bytes)
  } catch {
    return undefined
  }
}

interface Bundle {
  readonly bundle: string | undefined
  readonly index: number
  readonly size: number
  readonly inQuorum: boolean
  readonly witnesses: readonly string[]
}

function lineOf({ bundle, index, size, inQuorum, witnesses }: Bundle, origin: string): string {
  const seen = inQuorum
    ? `in quorum: ${witnesses.join(', ') || 'the policy asks for no witnesses'}`
    : 'NOT in quorum yet: prove again when witnesses have seen it'
  return `${bundle}: entry ${index} of ${origin}, under the checkpoint of ${size} entries, ${seen}`
}

function outOf(out: string | undefined, wanted: string, part: number): string {
  const path = out ?? `${wanted}.tlog-proof`
  return part === 0 ? path : `${path.replace(/\.tlog-proof$/, '')}.${part}.tlog-proof`
}
