import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { z } from 'zod'
import { readLines } from '../../service/read-lines.ts'
import { CLASSES, type Difference, type DifferenceClass } from './reconcile/classes.ts'
import type { KnownDifference } from './reconcile-logs.ts'

/**
 * A baseline: the differences between two logs that somebody has looked at. It is a file of JSON lines. The first line names both logs,
 * and each other line is one difference. A person may add the member `why`, which stays when the baseline is written again.
 */

/** Both logs of a baseline, by their origins. */
export interface BaselineLogs {
  readonly gateway: string
  readonly country: string
}

const HEAD = z.strictObject({ baseline: z.literal(1), gateway: z.string(), country: z.string() })

const LINE = z.strictObject({
  class: z.enum(Object.keys(CLASSES) as [DifferenceClass, ...DifferenceClass[]]),
  requestId: z.string().nullable(),
  key: z.string(),
  why: z.string().optional(),
})

/**
 * Reads a baseline line by line.
 * @throws {Error} if the file cannot be read, is of other logs, or a line is malformed. The message names the file and the line.
 */
export async function* readBaseline(path: string, logs: BaselineLogs): AsyncGenerator<KnownDifference> {
  let at = 0
  for await (const line of readLines(createReadStream(path, 'utf8'))) {
    at++
    if (at === 1) checkHead(path, parseLine(path, at, line, HEAD), logs)
    else if (line !== '') {
      const { why, ...known } = parseLine(path, at, line, LINE)
      yield { ...known, ...(why !== undefined && { why }) }
    }
  }
  if (at === 0) throw new Error(`${path}: expected a baseline that \`--write-baseline\` wrote; came an empty file`)
}

function parseLine<Value>(path: string, at: number, line: string, schema: z.ZodType<Value>): Value {
  try {
    return schema.parse(JSON.parse(line))
  } catch {
    const expected = at === 1 ? 'the first line of a baseline' : 'a difference with class, requestId and key'
    throw new Error(`${path}: line ${at}: expected ${expected}; came something else`)
  }
}

function checkHead(path: string, came: BaselineLogs, { gateway, country }: BaselineLogs): void {
  if (came.gateway === gateway && came.country === country) return
  const expected = `expected a baseline of ${gateway} and ${country}`
  throw new Error(`${path}: ${expected}; came one of ${came.gateway} and ${came.country}`)
}

/** Writes a baseline. */
export interface BaselineWriter {
  /** Adds a difference. One that is only in flight is left out, because it is another one next time. */
  readonly add: (difference: Difference, known: KnownDifference | undefined) => Promise<void>
  /** Gives the file its name. Until then, an older file stays as it is. */
  readonly finish: () => Promise<void>
  /** Removes what was written if `finish` was not called. */
  readonly close: () => Promise<void>
}

/** How many characters are collected before they are written. */
const WRITE_AT = 64 * 1024

/** Begins to write a baseline. Rejects if the file cannot be written. */
export async function createBaselineWriter(path: string, { gateway, country }: BaselineLogs): Promise<BaselineWriter> {
  const draft = `${path}.draft`
  const file: FileHandle = await open(draft, 'w', 0o600)
  let waiting = `${JSON.stringify({ baseline: 1, gateway, country })}\n`
  let isOpen = true
  const flush = async (): Promise<void> => {
    const text = waiting
    waiting = ''
    await file.appendFile(text)
  }
  return {
    async add({ class: kind, requestId, key }, known) {
      if (kind === 'IN_FLIGHT') return
      waiting += `${JSON.stringify(known ?? { class: kind, requestId, key })}\n`
      if (waiting.length >= WRITE_AT) await flush()
    },
    async finish() {
      await flush()
      await file.sync()
      await file.close()
      isOpen = false
      await rename(draft, path)
    },
    async close() {
      if (!isOpen) return
      await file.close()
      await rm(draft, { force: true })
    },
  }
}
