import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../audit/log/log.ts'
import { decodeBundle, encodeBundle } from '../../audit/merkle/entry-bundle.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { runAudit } from '../../auditors/run.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { appendAll, BEGIN_MS, clock, type Desk, deskIn, makeLogs, NOW_MS, openQuietly, signers } from './logs.ts'

/** What the cases work with: copies of the logs, ways to tamper with them, and the commands of `istmo audit`. */

export type { Desk } from './logs.ts'

/** The logs that all cases copy. */
export interface Originals {
  /** Both logs at the end. */
  readonly whole: Desk
  /** Both logs when half of the requests were logged. */
  readonly half: Desk
  /** The folder for the copies. */
  readonly folder: string
}

/** Makes the logs once. */
export async function makeOriginals(folder: string): Promise<Originals> {
  const [whole, half] = [join(folder, 'whole'), join(folder, 'half')]
  await mkdir(whole)
  const desk = await makeLogs(whole, () => cp(whole, half, { recursive: true }))
  return { whole: desk, half: deskIn(half), folder }
}

/** Copies the logs for one case. */
export async function copyDesk({ whole, half, folder }: Originals, isHalf = false): Promise<Desk> {
  const copy = await mkdtemp(join(folder, 'case-'))
  await cp(join((isHalf ? half : whole).policy, '..'), copy, { recursive: true })
  clock.ms = NOW_MS
  return deskIn(copy)
}

/** What a command said. */
export interface Said {
  readonly verdict: 'HOLDS' | 'FAILS' | 'UNTOLD' | 'HELD'
  /** The kinds of its findings, or the classes of its differences, each once, sorted. */
  readonly kinds: readonly string[]
  /** The place of the first finding; empty if there is none. */
  readonly first: string
  /** The complete output, for messages. */
  readonly output: string
}

const VERDICTS = ['HOLDS', 'FAILS', 'UNTOLD', 'HELD'] as const

/** Runs a command of `istmo audit` in this process, and collects what it said. */
export async function run(args: readonly string[], nowMs = NOW_MS): Promise<Said> {
  const [out, err] = [collect(), collect()]
  const code = await runAudit([...args, '--json'], { out, err }, () => nowMs)
  const verdict = VERDICTS[code]
  if (verdict === undefined) throw new Error(`expected an exit code from 0 to 3; came ${code}`)
  return { verdict, ...readFindings(out.text()), output: out.text() + err.text() }
}

function collect() {
  let all = ''
  const write = (text: string): boolean => {
    all += text
    return true
  }
  return { write, isTTY: false, text: () => all }
}

interface Found {
  readonly kind: string
  readonly where: string
}

interface Printed {
  readonly findings?: readonly Found[]
  readonly logs?: readonly { readonly findings?: readonly Found[] }[]
  readonly counts?: Readonly<Record<string, { readonly all: number }>>
}

function readFindings(out: string): Pick<Said, 'kinds' | 'first'> {
  const last = out.trimEnd().split('\n').at(-1) ?? ''
  const { findings = [], logs = [], counts = {} } = (last === '' ? {} : JSON.parse(last)) as Printed
  const all = [...logs.flatMap((log) => log.findings ?? []), ...findings]
  const classes = Object.keys(counts).filter((name) => (counts[name]?.all ?? 0) > 0)
  return { kinds: [...new Set([...all.map(({ kind }) => kind), ...classes])].sort(), first: all[0]?.where ?? '' }
}

/** Edits the entries of a bundle. The tree stays as it was. */
export async function editBundle(
  log: string,
  name: string,
  edit: (entries: Uint8Array[]) => readonly Uint8Array[],
): Promise<void> {
  const file = join(log, 'tile/entries', name)
  await writeFile(file, encodeBundle(edit([...decodeBundle(await readFile(file))])))
}

/** Edits the bytes of a file. */
export async function editFile(
  path: string,
  edit: (bytes: Buffer) => Uint8Array | string | Promise<string>,
): Promise<void> {
  await writeFile(path, await edit(await readFile(path)))
}

/** Lets the owner of a log append entries, and witnesses cosign them. */
export async function append(
  desk: Desk,
  log: 'gateway' | 'country',
  entries: readonly (Entry | Uint8Array)[],
  by?: readonly NoteSigner[],
): Promise<void> {
  await withLog(desk, log, (open) => appendAll(open, entries, by))
}

/** Opens the log of a desk with its owner’s key, and closes it again. */
export async function withLog<Value>(
  desk: Desk,
  log: 'gateway' | 'country',
  work: (log: Log) => Promise<Value>,
  signer: NoteSigner = signers[log],
): Promise<Value> {
  const open = await openQuietly(desk[log], signer)
  try {
    return await work(open)
  } finally {
    await open.close()
  }
}

/** Returns all entries of a log, as bytes. */
export async function entriesOf(log: string): Promise<readonly Uint8Array[]> {
  const size = Number((await readFile(join(log, 'checkpoint'), 'utf8')).split('\n')[1])
  const entries: Uint8Array[] = []
  for await (const { bytes } of readEntries(folderSource(log), size)) entries.push(bytes)
  return entries
}

/** Returns all entries of a log as values, to make another log of them. */
export async function valuesOf(log: string): Promise<readonly Entry[]> {
  return (await entriesOf(log)).map((bytes) => JSON.parse(Buffer.from(bytes).toString()) as Entry)
}

/** When the first half of the requests was over, and when all of them were, in milliseconds since 1970. */
const ROUND_ENDS_MS = [BEGIN_MS + 121_000, BEGIN_MS + 241_000] as const

/** Lets the owner of a log write it again from the beginning, in two rounds, and witnesses cosign each round at the time of its last entry. */
export async function rewrite(
  desk: Desk,
  log: 'gateway' | 'country',
  entries: readonly (Entry | Uint8Array)[],
  by?: readonly NoteSigner[],
  times: readonly [number, number] = ROUND_ENDS_MS,
): Promise<void> {
  await rm(desk[log], { recursive: true })
  const half = Math.floor(entries.length / 2)
  await withLog(desk, log, async (open) => {
    for (const [at, part] of [entries.slice(0, half), entries.slice(half)].entries()) {
      clock.ms = times[at] ?? NOW_MS
      await appendAll(open, part, by)
    }
  })
}
