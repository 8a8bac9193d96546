import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { auditHere } from '../audit-cli/istmo.ts'
import { exportTo, makeWorkerLogs, timeAt } from '../audit-cli/worker-logs.ts'

/** Of exports of a gateway with several workers, and of exports that somebody changed, the independent checker says the same as `istmo audit check`. */

const CHECKER = fileURLToPath(new URL('../../audit/independent/check.py', import.meta.url))

let folder: string
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await makeWorkerLogs()
  await exportTo(folder, 'late-1.jsonl', 'home/workers/1', '--from', timeAt(3))
  await exportTo(folder, 'early-1.jsonl', 'home/workers/1', '--until', timeAt(3))
  await exportTo(folder, 'later-1.jsonl', 'home/workers/1', '--from', timeAt(4))
  await exportTo(folder, 'one.jsonl', 'one-process')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function askPython(...files: readonly string[]): Promise<string> {
  const args = ['-B', CHECKER, 'export', ...files.map(at), '--policy', at('policy')]
  const run = promisify(execFile)('/usr/bin/python3', args)
  const out = await run.then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  )
  const verdicts = { HOLDS: 'HOLDS', 'DOES NOT HOLD': 'FAILS', 'COULD NOT TELL': 'UNTOLD' }
  const last = out.trimEnd().split('\n').at(-1) ?? ''
  return Object.entries(verdicts).find(([words]) => words === last)?.[1] ?? out
}

async function askIstmo(...files: readonly string[]): Promise<string> {
  const said = await auditHere(['check', ...files, '--policy', 'policy', '--json'], folder)
  return (JSON.parse(said.stdout) as { readonly verdict: string }).verdict
}

/** Writes an export whose lines were edited. */
async function edit(from: string, change: (lines: readonly string[]) => readonly string[]): Promise<string> {
  const lines = (await readFile(at(from), 'utf8')).trimEnd().split('\n')
  await writeFile(at('edited.jsonl'), `${change(lines).join('\n')}\n`)
  return 'edited.jsonl'
}

/** Edits the statement in the last line. */
const stating =
  (change: (statement: Record<string, unknown>) => Record<string, unknown>) => (lines: readonly string[]) => {
    const { export: statement } = JSON.parse(lines.at(-1) ?? '') as { readonly export: Record<string, unknown> }
    return [...lines.slice(0, -1), JSON.stringify({ export: change(statement) })]
  }
const withoutStart = stating(({ started: _, ...own }) => own)
const moved = (line: string) => {
  const parsed = JSON.parse(line) as { readonly index: number }
  return JSON.stringify({ ...parsed, index: parsed.index + 1 })
}
const [ONE, TWO] = ['exports/1.jsonl', 'exports/2.jsonl']

it.each<[string, string, () => readonly string[] | Promise<readonly string[]>]>([
  ['the exports of all workers', 'HOLDS', () => [ONE, TWO]],
  ['a folder with them', 'HOLDS', () => ['exports']],
  ['the export of one worker', 'UNTOLD', () => [ONE]],
  ['the export of the other worker', 'UNTOLD', () => [TWO]],
  ['exports of different times', 'UNTOLD', () => ['late-1.jsonl', TWO]],
  ['exports of two times that follow one another', 'HOLDS', () => ['early-1.jsonl', 'late-1.jsonl', TWO]],
  ['exports with a gap between them', 'FAILS', () => ['early-1.jsonl', 'later-1.jsonl', TWO]],
  ['an export of a gateway with one process', 'HOLDS', () => ['one.jsonl']],
  ['an export without a start, beside one that has it', 'HOLDS', async () => [await edit(ONE, withoutStart), TWO]],
  ['one export without a start', 'UNTOLD', async () => [await edit(ONE, withoutStart)]],
  [
    'an export with a count as its start',
    'FAILS',
    async () => [
      await edit(
        ONE,
        stating((own) => ({ ...own, started: own.counting })),
      ),
      TWO,
    ],
  ],
  [
    'an export whose count says less',
    'FAILS',
    async () => [
      await edit(
        ONE,
        stating((own) => ({ ...own, last: 3 })),
      ),
      TWO,
    ],
  ],
  ['a missing request', 'FAILS', async () => [await edit(ONE, (lines) => lines.toSpliced(2, 2)), TWO]],
  [
    'another index in the first shard',
    'FAILS',
    async () => [await edit(ONE, ([a = '', ...rest]) => [moved(a), ...rest]), TWO],
  ],
  [
    'another index in a later shard',
    'FAILS',
    async () => [await edit(ONE, (lines) => lines.with(-2, moved(lines.at(-2) ?? ''))), TWO],
  ],
  ['a byte order mark', 'HOLDS', async () => [await edit(ONE, ([a = '', ...rest]) => [`\uFEFF${a}`, ...rest]), TWO]],
  [
    'the line ends of Windows',
    'HOLDS',
    async () => [await edit(ONE, (lines) => lines.map((line) => `${line}\r`)), TWO],
  ],
  ['a file that is no export', 'UNTOLD', () => [ONE, 'policy']],
])('both say of %s: %s', async (_, expected, files) => {
  const given = await files()
  expect([await askIstmo(...given), await askPython(...given)]).toEqual([expected, expected])
})
