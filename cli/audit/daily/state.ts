import { hash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ifThere } from '../../../audit/if-there.ts'
import { replaceFile } from '../../../service/replace-file.ts'

/**
 * What `istmo audit daily` remembers of one counterpart. The file is replaced atomically. A result that is about to be written to the log stands in
 * it with the id of its entry, so that a run after a crash writes this entry, and no other one.
 */

const SCHEMA = z.strictObject({
  v: z.literal(1),
  /** The counterpart, as the settings name it. */
  counterpart: z.string(),
  /** Requests before this time were compared; null if none were. */
  doneUntil: z.iso.datetime().nullable(),
  /** The earliest time that has to be compared again, because a copy ended too early; null if there is none. */
  openFrom: z.iso.datetime().nullable(),
  /** A result whose entry may not be in the log yet. */
  pending: z
    .strictObject({
      id: z.string(),
      members: z.looseObject({ kind: z.string() }),
      doneUntil: z.iso.datetime(),
      openFrom: z.iso.datetime().nullable(),
    })
    .nullable(),
})

/** What is remembered of one counterpart. */
export type CounterpartState = Readonly<z.infer<typeof SCHEMA>>

/** Returns the path of a file that belongs to a counterpart. The name is a hash, because the counterpart may be a URL. */
export function pathFor(folder: string, counterpart: string, ending: string): string {
  return join(folder, `${hash('sha256', counterpart).slice(0, 16)}.${ending}`)
}

/** Reads what is remembered of a counterpart. @throws {Error} if the file is damaged; the message names it. */
export function readState(folder: string, counterpart: string): Promise<CounterpartState> {
  const none = { v: 1, counterpart, doneUntil: null, openFrom: null, pending: null } as const
  return read(pathFor(folder, counterpart, 'json'), SCHEMA, none)
}

async function read<T>(path: string, schema: z.ZodType<T>, none: T): Promise<T> {
  const text = await ifThere(readFile(path, 'utf8'))
  if (text === undefined) return none
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    throw new Error(
      `${path}: expected what \`istmo audit daily\` wrote; came something else. Restore it, or remove it to begin anew`,
    )
  }
}

const TIMES_SCHEMA = z.strictObject({ mistimed: z.number(), findings: z.array(z.string()) })

/** The entries of the own log with a wrong time: how many, and the findings about them. */
export type KnownTimes = z.infer<typeof TIMES_SCHEMA>

/** Reads which wrong times of the own log an earlier run reported. @throws {Error} if the file is damaged; the message names it. */
export function readKnownTimes(folder: string): Promise<KnownTimes> {
  return read(join(folder, 'times.json'), TIMES_SCHEMA, { mistimed: 0, findings: [] })
}

/** Remembers that wrong times were reported. Resolves when it is durable. */
export async function writeKnownTimes(folder: string, times: KnownTimes): Promise<void> {
  await replaceFile(join(folder, 'times.json'), `${JSON.stringify(times, null, 2)}\n`)
}

/** Writes what is remembered of a counterpart. Resolves when it is durable. */
export async function writeState(folder: string, state: CounterpartState): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await replaceFile(pathFor(folder, state.counterpart, 'json'), `${JSON.stringify(state, null, 2)}\n`)
}
