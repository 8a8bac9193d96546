import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditHere } from './istmo.ts'
import { writeLog } from './logs.ts'
import { exportTo, gateway, heartbeat, makeWorkerLogs, NAME, requestAt, timeAt, witnesses } from './worker-logs.ts'

/** A gateway with two workers, one of which began a new shard, gives Honduras exports. Somebody withholds those of one worker, or of one shard. */

let folder: string
const at = (name: string) => join(folder, name)
const audit = (...args: readonly string[]) => auditHere([...args, '--policy', 'policy'], folder)

beforeAll(async () => {
  folder = await makeWorkerLogs()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('istmo audit check, on exports of a gateway with several workers', () => {
  it('says which worker an export is of, and does not hold it for all that the gateway has', async () => {
    for (const [file, there, missing] of [
      ['exports/1.jsonl', 1, 2],
      ['exports/2.jsonl', 2, 1],
    ] as const) {
      const found = await audit('check', file, '--country', 'HN')
      expect(found.stdout).not.toMatch(/HOLDS/)
      expect(found.stderr).toMatch(
        `are in the log of worker ${there} of ${NAME}, and of no other worker, but nobody can`,
      )
      expect(found.stderr).toMatch(`${NAME} has 2 workers, and of worker ${missing} there is no export`)
      expect(found.code).toBe(2)
    }
  })

  it('holds if the exports of all workers are there, one by one or in a folder', async () => {
    for (const places of [['exports/1.jsonl', 'exports/2.jsonl'], ['exports']]) {
      const found = await audit('check', ...places, '--country', 'HN')
      expect(found.stdout).toMatch(`${NAME}/1/2026-12 HN 1 to 4, counted at`)
      expect(found.stdout).toMatch(
        `HOLDS: all 12 entries are in the logs of the workers 1, 2 of ${NAME}, which are all.`,
      )
      expect(found.code).toBe(0)
    }
  })

  it('does not hold exports of workers that are of different times', async () => {
    await exportTo(folder, 'late-1.jsonl', 'home/workers/1', '--from', timeAt(3))
    expect(await audit('check', 'late-1.jsonl', 'exports/2.jsonl')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/the exports of the workers of .* are of different times/),
    })
    await exportTo(folder, 'early-1.jsonl', 'home/workers/1', '--until', timeAt(3))
    expect((await audit('check', 'early-1.jsonl', 'late-1.jsonl', 'exports/2.jsonl')).code).toBe(0)
  })

  it('demands a start entry of that worker, and cannot tell without one', async () => {
    const edit = async (name: string, change: (statement: Record<string, unknown>, other: string) => object) => {
      const lines = (await readFile(at('exports/1.jsonl'), 'utf8')).trimEnd().split('\n')
      const [last, other] = [lines.pop() ?? '', await readFile(at('exports/2.jsonl'), 'utf8')]
      const { export: statement } = JSON.parse(last) as { export: Record<string, unknown> }
      await writeFile(at(name), `${[...lines, JSON.stringify({ export: change(statement, other) })].join('\n')}\n`)
      return audit('check', name, 'exports/2.jsonl')
    }
    const startOf = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '').export as object
    const foreign = await edit('foreign.jsonl', (own, other) => ({ ...own, started: Object(startOf(other)).started }))
    expect(foreign.stdout).toMatch(
      /EXPORT .*: the start: expected the start of a worker, in .*\/1, came that of worker 2/,
    )
    expect(foreign.code).toBe(1)
    const counted = await edit('counted.jsonl', (own) => ({ ...own, started: own.counting }))
    expect(counted.stdout).toMatch(/expected the start of a worker, in .*\/1, came another entry/)
    // As an earlier version wrote it.
    const without = ({ started: _, ...own }: Record<string, unknown>) => own
    expect((await edit('without.jsonl', without)).code).toBe(0)
    expect(await audit('check', 'without.jsonl')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/has several workers, and no start entry says how many: worker 1 is here/),
    })
  })

  it('speaks of the log of a gateway with one process as before', async () => {
    await exportTo(folder, 'one.jsonl', 'one-process')
    expect((await audit('check', 'one.jsonl')).stdout).toMatch(/\nHOLDS: all 2 entries are in the log\.\n$/)
  })

  it('says that a count was before all parts, and does not call any of them counted', async () => {
    await writeLog(at('early-count'), gateway, [heartbeat(1, 0), ...requestAt(1, 1), ...requestAt(2, 2)], witnesses)
    await exportTo(folder, 'early-count.jsonl', 'early-count')
    const found = await audit('check', 'early-count.jsonl')
    expect(found.stdout).toMatch(`${NAME} HN 1 to 2, none of them counted at ${timeAt(1)}`)
    expect(found.code).toBe(0)
  })

  it('notices an index that was changed in a later shard', async () => {
    const lines = (await readFile(at('exports/1.jsonl'), 'utf8')).split('\n')
    const last = lines.findLastIndex((line) => line.includes('"proof"') && !line.includes('"export"'))
    const { index } = JSON.parse(lines[last] ?? '') as { readonly index: number }
    await writeFile(at('moved.jsonl'), lines.with(last, (lines[last] ?? '').replace(`:${index},`, ':7777,')).join('\n'))
    const found = await audit('check', 'moved.jsonl', 'exports/2.jsonl')
    expect(found.stdout).toMatch(`line ${last + 1}: index: expected ${index}, as its proof says, came 7777`)
    expect(found.code).toBe(1)
  })

  it('says of an export for somebody who sees all which worker it is of', async () => {
    const own = ['--own-log', 'own', '--own-key', 'own.key']
    await audit('export', '--log', 'home/workers/2', '--out', 'whole.jsonl', ...own)
    expect(await audit('check', 'whole.jsonl')).toMatchObject({
      code: 0,
      stdout: `HOLDS: all 6 entries are in the log of worker 2 of ${NAME}, and of no other worker.\n`,
    })
  })
})

describe('istmo audit reconcile, on exports of a gateway with several workers and shards', () => {
  const HOLDS = /matched 6\nHOLDS/

  it('takes a folder with them, and files one by one, and finds that both logs say the same', async () => {
    const whole = await audit('reconcile', 'home', 'hn')
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringMatching(HOLDS)])
    const inFolder = await audit('reconcile', 'exports', 'hn')
    expect(`${inFolder.stdout}${inFolder.stderr}`).toMatch(HOLDS)
    expect(inFolder.code).toBe(0)
    const named = await audit('reconcile', 'exports/1.jsonl', 'hn', '--worker', 'exports/2.jsonl')
    expect([named.code, named.stdout]).toEqual([0, expect.stringMatching(HOLDS)])
    // A program of Windows has put a byte order mark before it.
    await writeFile(at('marked.jsonl'), `\uFEFF${await readFile(at('exports/1.jsonl'), 'utf8')}`)
    const marked = await audit('reconcile', 'marked.jsonl', 'hn', '--worker', 'exports/2.jsonl')
    expect([marked.code, marked.stdout]).toEqual([0, expect.stringMatching(HOLDS)])
  })

  it('takes several exports of one log as one, in any order and also if they overlap', async () => {
    await exportTo(folder, 'until-3.jsonl', 'home/workers/1', '--until', timeAt(3))
    await exportTo(folder, 'until-4.jsonl', 'home/workers/1', '--until', timeAt(4))
    await exportTo(folder, 'from-3.jsonl', 'home/workers/1', '--from', timeAt(3))
    for (const early of ['until-3.jsonl', 'until-4.jsonl']) {
      for (const [first = '', second = ''] of [
        ['from-3.jsonl', early],
        [early, 'from-3.jsonl'],
      ]) {
        const found = await audit('reconcile', first, 'hn', '--worker', second, '--worker', 'exports/2.jsonl')
        expect([found.code, found.stdout]).toEqual([0, expect.stringMatching(HOLDS)])
      }
    }
  })

  it('does not hold if the export of a worker, of a time or of a part is missing', async () => {
    const onlyOne = await audit('reconcile', 'exports/1.jsonl', 'hn')
    expect([onlyOne.code, onlyOne.stdout]).toEqual([1, expect.stringMatching(/COUNTRY_ONLY 2: /)])
    const late = await audit('reconcile', 'from-3.jsonl', 'hn', '--worker', 'exports/2.jsonl')
    expect(late.stdout).toMatch(/UNPROVEN 1: [\s\S]*it begins with part 3 of HN/)
    expect(late.code).not.toBe(0)
    const lines = (await readFile(at('exports/1.jsonl'), 'utf8')).split('\n')
    await writeFile(at('cut.jsonl'), lines.toSpliced(2, 2).join('\n'))
    const cut = await audit('reconcile', 'cut.jsonl', 'hn', '--worker', 'exports/2.jsonl')
    expect(cut.stdout).toMatch(/INCOMPLETE 1: [\s\S]*expected continuations 2 to 2 of HN; came none of them/)
    expect(cut.code).toBe(1)
  })

  it('does not take the lines of two workers in one file, nor a folder without exports', async () => {
    const [one = '', two = ''] = await Promise.all([1, 2].map((each) => readFile(at(`exports/${each}.jsonl`), 'utf8')))
    await writeFile(at('mixed.jsonl'), `${one.split('\n').slice(0, 2).join('\n')}\n${two}`)
    const mixed = await audit('reconcile', 'mixed.jsonl', 'hn')
    expect(mixed.stderr).toMatch(/mixed\.jsonl: line 3: expected an entry of .*\/1; came .*\/2/)
    await mkdir(at('nothing'), { recursive: true })
    expect((await audit('reconcile', 'nothing', 'hn')).code).not.toBe(0)
    await writeFile(at('altered.jsonl'), one.replace('GT-MP-FECO', 'GT-MP-XXXX'))
    const altered = await audit('reconcile', 'altered.jsonl', 'hn', '--worker', 'exports/2.jsonl')
    expect([altered.code, altered.stdout]).toEqual([1, expect.stringMatching(/RECEIPT altered\.jsonl: line 1/)])
  })
})
