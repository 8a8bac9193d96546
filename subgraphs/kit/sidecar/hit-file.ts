import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { HitStore } from '../../../contract/hit-quota/hit-quota.ts'
import type { HitRow } from '../../../contract/hit-quota/hit-rows.ts'
import { appendLine } from '../../../service/append-line.ts'
import { ConfigError } from '../../../service/config-error.ts'
import { replaceFile } from '../../../service/replace-file.ts'

const headSchema = z.strictObject({ day: z.string(), secret: z.string() })
const lineSchema = z.strictObject({
  caller: z.string(),
  rows: z.array(z.strictObject({ search: z.string(), born: z.string().nullable(), names: z.array(z.string()) })),
})

interface Today {
  readonly day: string
  readonly secret: string
  readonly rows: Map<string, HitRow[]>
}

/**
 * Opens the searches of a day in a file, for a node without a database (`--hits-file`). Its first line has the day and its secret; each other one is
 * what one leg added. Another day begins the file anew, and what is left of the day before is not added any more. No other process may use it.
 * @throws {ConfigError} if the file cannot be read or written, or has other contents.
 */
export async function openHitFile(file: string): Promise<HitStore> {
  let today = await readHits(file)
  let last: Promise<unknown> = Promise.resolve()
  // One change after the other: two callers share the file.
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
  const ofDay = async (day: string): Promise<Today> => {
    if (today.day === day) return today
    const next = { day, secret: randomBytes(32).toString('base64url'), rows: new Map<string, HitRow[]>() }
    await replaceFile(file, headOf(next))
    today = next
    return today
  }
  return {
    secretOf: (day) => inTurn(async () => (await ofDay(day)).secret),
    read: (caller, day, from) =>
      inTurn(async () => (today.day === day ? (today.rows.get(caller)?.slice(from) ?? []) : [])),
    append: (caller, day, from, rows) =>
      inTurn(async () => {
        if (today.day !== day) return false
        const { rows: all } = today
        const known = all.get(caller) ?? []
        if (known.length !== from) return false
        await addLine(file, JSON.stringify({ caller, rows }))
        all.set(caller, [...known, ...rows])
        return true
      }),
    async forget(day) {
      if (today.day !== '' && today.day < day) await inTurn(() => ofDay(day))
    },
  }
}

function headOf({ day, secret }: Today): string {
  return `${JSON.stringify({ day, secret })}\n`
}

async function addLine(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a', 0o600)
  await appendLine(handle, `${line}\n`).finally(() => handle.close())
}

/** A crash can cut off the last line. Nobody got an answer to its searches, so it goes. */
async function readHits(file: string): Promise<Today> {
  try {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const [head, ...lines] = text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1)
    if (head === undefined) {
      const empty = { day: '', secret: '', rows: new Map<string, HitRow[]>() }
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await replaceFile(file, headOf(empty))
      return empty
    }
    const rows = new Map<string, HitRow[]>()
    for (const line of lines) {
      const { caller, rows: added } = lineSchema.parse(JSON.parse(line))
      rows.set(caller, [...(rows.get(caller) ?? []), ...added])
    }
    const today = { ...headSchema.parse(JSON.parse(head)), rows }
    if (!text.endsWith('\n')) await replaceFile(file, `${[head, ...lines].join('\n')}\n`)
    return today
  } catch (cause) {
    const came = (cause as NodeJS.ErrnoException).code ?? 'other contents'
    const remedy =
      'Name a file in a folder that the node may write. If the file is damaged, delete it: today’s quotas then begin again.'
    throw new ConfigError(`--hits-file (HITS_FILE): expected the hit searches of the day; came ${came}. ${remedy}`, {
      cause,
    })
  }
}
