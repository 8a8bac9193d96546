import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idAt } from '../../audit/index/testing.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { runAudit } from '../../auditors/run.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { checkFiles } from '../../tools/check-page/check-files.ts'
import { writeLog, writePolicy } from './logs.ts'

/** What a country gets of a gateway's log, and what `check` says about files from which something was taken. */

const gateway = parseSignerKey(generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519))
const ownKey = generateSignerKey('istmo.example/auditor', SIGNATURE_TYPES.ed25519)
const witnesses = ['a', 'b'].map((name) =>
  parseSignerKey(generateSignerKey(`${name}.example/witness`, SIGNATURE_TYPES.cosignature)),
)
const HOUR_MS = 3_600_000
/** The log begins so long ago, and its witnesses cosign it now. */
const START_MS = Date.now() - Math.round(40.3 * HOUR_MS)
const msAt = (hour: number) => START_MS + Math.round(hour * HOUR_MS)
const timeAt = (hour: number) => new Date(msAt(hour)).toISOString()

const counts: Record<string, number> = {}

/** A request at an hour, in the form of version 2: an officer of `from` asks the countries. */
function requestAt(hour: number, from: string, asked: readonly string[]): readonly Entry[] {
  const [leg] = SAMPLE_REQUEST.legs
  const id = idAt(msAt(hour), Math.round(hour * 10))
  const time = timeAt(hour)
  const countries = [...new Set([from, ...asked])].sort()
  const parts = countries.map((country, at): Entry => {
    counts[country] = (counts[country] ?? 0) + 1
    const legs = asked.includes(country) ? [{ ...leg, country, domain: `cases${country}` }] : []
    return {
      ...{ v: 2, kind: 'continuation', id: idAt(msAt(hour), 5_000 + Math.round(hour * 100) + at), time },
      ...{ gateway: SAMPLE_REQUEST.gateway, of: id, part: at + 1, country, seq: counts[country] ?? 0 },
      ...{ coordinates: [], legs: legs as EntryOf<'request'>['legs'], denied: [] },
    }
  })
  const actor = { ...SAMPLE_REQUEST.actor, country: from } as EntryOf<'request'>['actor']
  const request = {
    ...SAMPLE_REQUEST,
    v: 2,
    id,
    time,
    actor,
    legs: [],
    denied: [],
    continuations: parts.length,
  } as const
  return [request, ...parts]
}

function heartbeatAt(hour: number): Entry {
  const base = { v: 1, id: idAt(msAt(hour), 90_000 + Math.round(hour * 10)), time: timeAt(hour) } as const
  return { ...base, gateway: SAMPLE_REQUEST.gateway, kind: 'heartbeat', counts: { ...counts } }
}

/** HN is asked by GT at the even hours and asks SV itself every tenth hour; the other requests do not concern it. */
const HOURS = 40
const entries: readonly Entry[] = Array.from({ length: HOURS }, (_, hour) => {
  const asked = hour % 2 === 0 ? ['HN', 'SV'] : ['SV']
  const request = hour % 10 === 5 ? requestAt(hour, 'HN', ['SV']) : requestAt(hour, 'GT', asked)
  return hour % 6 === 5 ? [...request, heartbeatAt(hour + 0.1)] : request
}).flat()
const last: readonly Entry[] = [
  ...requestAt(HOURS, 'GT', ['HN']),
  heartbeatAt(HOURS + 0.1),
  ...requestAt(HOURS + 0.2, 'GT', ['HN', 'SV']),
]

let folder: string
const at = (name: string) => join(folder, name)

async function audit(...args: readonly string[]) {
  let [stdout, stderr] = ['', '']
  const write = {
    stdout: (text: string) => {
      stdout += text
    },
    stderr: (text: string) => {
      stderr += text
    },
  }
  const code = await runAudit(args, { out: { write: write.stdout }, err: { write: write.stderr } as never })
  return { code, stdout, stderr, said: `${stdout}${stderr}` }
}

async function makeExport(name: string, ...options: readonly string[]) {
  const made = await audit(
    ...['export', '--log', at('gateway'), '--policy', at('policy'), '--own-log', at('own'), '--own-key', at('own.key')],
    ...['--out', at(name), ...options],
  )
  expect(made).toMatchObject({ code: 0 })
  return (await readFile(at(name), 'utf8')).trimEnd().split('\n')
}

async function check(...files: readonly (string | readonly string[])[]) {
  const names: string[] = []
  for (const [index, file] of files.entries()) {
    const name = typeof file === 'string' ? file : `edited-${index}.jsonl`
    if (typeof file !== 'string') await writeFile(at(name), `${file.join('\n')}\n`)
    names.push(at(name))
  }
  const checked = await audit('check', ...names, '--policy', at('policy'))
  // The offline page runs the same check, and must not be content with what `check` rejects or cannot tell.
  const texts = await Promise.all(names.map((name) => readFile(name, 'utf8')))
  const given = texts.map((text, index) => ({ name: names[index] ?? '', text }))
  const page = checkFiles([...given, { name: 'policy', text: await readFile(at('policy'), 'utf8') }], 'en')
  // `check` without --country holds an export for all countries to nothing; the page says that nobody can see what is missing.
  const isForAll = page.lists.some(({ doubt }) => doubt === 'ALL_COUNTRIES')
  const expected = isForAll && checked.code === 0 ? ['UNTOLD'] : VERDICTS[checked.code]
  expect(expected, checked.said).toContain(page.verdict)
  return checked
}

/** What the offline page says where `check` ends with 0, 1 and 2. */
const VERDICTS = [['HOLDS'], ['FAILS'], ['UNTOLD', 'UNREAD']] as const

let lines: readonly string[]
const entryIn = (line: string) => (JSON.parse(line) as { entry?: Entry }).entry
const isPartNumber = (seq: number) => (line: string) => {
  const entry = entryIn(line)
  return entry?.kind === 'continuation' && entry.v === 2 && entry.seq === seq
}
const withIndex = (line: string, change: (index: number) => number | undefined) => {
  const parsed = JSON.parse(line) as { readonly index: number }
  return JSON.stringify({ ...parsed, index: change(parsed.index) })
}
const lineOfPart = (seq: number) => lines.findIndex(isPartNumber(seq))
const without = (...dropped: readonly number[]) => lines.filter((_, index) => !dropped.includes(index))
/** Changes the statement at the end. */
const stating = (change: (statement: Record<string, unknown>) => object, from = lines) => {
  const { export: statement } = JSON.parse(from.at(-1) ?? '') as { export: Record<string, unknown> }
  return [...from.slice(0, -1), JSON.stringify({ export: { ...statement, ...change(statement) } })]
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-export-'))
  await writePolicy(folder, [gateway], witnesses)
  await writeFile(at('own.key'), `${ownKey}\n`)
  await writeLog(at('gateway'), gateway, [...entries, ...last], witnesses)
  lines = await makeExport('hn.jsonl', '--country', 'HN')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('an export for a country', () => {
  it('has each request that asked it or that its officers sent, and of other countries nothing', async () => {
    const all = [...entries, ...last]
    const parts = all.filter((entry) => entry.kind === 'continuation' && entry.v === 2 && entry.country === 'HN')
    const own = new Set(parts.map((part) => part.kind === 'continuation' && part.of))
    const expected = all.filter(({ id }) => own.has(id) || parts.some((part) => part.id === id))
    expect(lines.slice(0, -1).map(entryIn)).toEqual(expected)
    expect(parts.length).toBe(26)
    for (const line of lines.slice(0, -1)) expect(line).not.toMatch(/casesSV|casesGT/)
    expect(await check('hn.jsonl')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/HN 1 to 26, counted up to 25 at .*\nHOLDS: all 52 entries are in the log\.\n$/),
    })
    expect((await audit('check', at('hn.jsonl'), '--policy', at('policy'), '--country', 'SV')).said).toMatch(
      /expected an export for SV, came one for HN/,
    )
  })

  it('shows the country’s events of OCSF without what other countries were asked', async () => {
    const events = await makeExport('events.jsonl', '--country', 'HN', '--ocsf')
    expect(events.length).toBeGreaterThan(26)
    for (const event of events) expect(event).not.toMatch(/SV|casesGT/)
  })

  it('leaves out entries of version 1 that tell of other countries, and says how many, unless they are asked for', async () => {
    const [leg] = SAMPLE_REQUEST.legs as [object]
    const old = { ...SAMPLE_REQUEST, legs: [leg, { ...leg, country: 'SV' }] } as Entry
    await writeLog(at('old'), gateway, [old], witnesses)
    const where = ['--log', at('old'), '--policy', at('policy'), '--own-log', at('own'), '--own-key', at('own.key')]
    const some = await audit('export', ...where, '--country', 'HN', '--out', at('some.jsonl'))
    expect(some.stdout).toMatch(/: 0 entries/)
    expect(await readFile(at('some.jsonl'), 'utf8')).toContain('"withheld":1')
    await audit('export', ...where, '--country', 'HN', '--whole-old-entries', '--out', at('whole.jsonl'))
    expect(await readFile(at('whole.jsonl'), 'utf8')).toContain('"SV"')
  })
})

describe('istmo audit check, on an export for a country', () => {
  it.each<[string, () => readonly string[], RegExp]>([
    ['a request and its part', () => without(lineOfPart(17) - 1, lineOfPart(17)), /HN 17 is missing/],
    [
      'three requests in a row',
      () => without(...[17, 18, 19].flatMap((seq) => [lineOfPart(seq) - 1, lineOfPart(seq)])),
      /HN 17 to 19 are missing/,
    ],
    ['the first request', () => without(0, 1), /HN 1 is missing/],
    [
      'the last request before the count',
      () => stating(() => ({ last: 24 }), without(48, 49, 50, 51)),
      /HN 25 is missing/,
    ],
    ['the last request, although the statement names it', () => without(50, 51), /HN 26 is missing/],
    ['a part without its request', () => without(lineOfPart(9)), /the country’s part behind it|HN 9 is missing/],
    ['the request of a part', () => without(lineOfPart(9) - 1), /its request .* before it/],
  ])('says what is missing without %s', async (_, edit, expected) => {
    const found = await check(edit())
    expect(found.stdout).toMatch(expected)
    expect(found.code).toBe(1)
  })

  it.each<[string, () => readonly string[], RegExp]>([
    ['a line twice', () => [...lines.slice(0, 2), ...lines.slice(1)], /EXPORT line 3: order: expected an entry behind/],
    ['two lines in the other order', () => [lines[1] ?? '', lines[0] ?? '', ...lines.slice(2)], /EXPORT line 2: order/],
    ['a line behind the last one', () => [...lines, lines[0] ?? ''], /a line behind the last one/],
    [
      'an entry that was altered',
      () => [(lines[0] ?? '').replace('FECO', 'FEXX'), ...lines.slice(1)],
      /RECEIPT line 1/,
    ],
    [
      'a line with another index',
      () => [withIndex(lines[0] ?? '', (index) => index + 1), ...lines.slice(1)],
      /EXPORT line 1: index: expected \d+, as its proof says, came \d+/,
    ],
    [
      'a line without its index',
      () => [withIndex(lines[0] ?? '', () => undefined), ...lines.slice(1)],
      /EXPORT line 1: index: expected \d+, as its proof says, came none/,
    ],
    [
      'a count with another index',
      () => stating(({ counting }) => ({ counting: { ...Object(counting), index: 0 } })),
      /EXPORT the last line: index: expected \d+, as its proof says, came 0/,
    ],
    [
      'a first number that hides what came before',
      () => stating(() => ({ first: 3 }), without(0, 1, 2, 3)),
      /HN 1 to 2 are missing/,
    ],
    [
      'a proof of another entry as its count',
      () => stating(() => ({ counting: JSON.parse(lines[0] ?? '') })),
      /an entry of .* with counts/,
    ],
  ])('does not accept %s', async (_, edit, expected) => {
    const found = await check(edit())
    expect(found.stdout).toMatch(expected)
    expect(found.code).toBe(1)
  })

  it('accepts what a program of Windows makes of a file: a byte order mark, and line ends of its own', async () => {
    const found = await check([`\uFEFF${lines[0]}`, ...lines.slice(1)].map((line) => `${line}\r`))
    expect(found.stdout).toMatch(/HOLDS: all 52 entries/)
    expect(found.code).toBe(0)
  })

  it('does not accept a part of another country', async () => {
    const sv = await makeExport('sv.jsonl', '--country', 'SV')
    const foreign = sv.filter((line) => entryIn(line)?.kind === 'continuation')[3] ?? ''
    const index = (line: string) => (JSON.parse(line) as { index?: number }).index ?? Number.POSITIVE_INFINITY
    const mixed = [...lines, foreign].sort((one, other) => index(one) - index(other))
    const found = await check(mixed)
    expect(found.stdout).toMatch(/expected nothing but HN, came a part of SV/)
    expect(found.code).toBe(1)
  })

  it('does not accept a count that is too old, because it would hide what came later', async () => {
    const all = await makeExport('all.jsonl')
    const older = all.findLast((line) => {
      const entry = entryIn(line)
      return entry?.kind === 'heartbeat' && entry.counts.HN !== 25
    })
    const upTo = lines.slice(0, 2 * 23)
    const cut = stating(() => ({ last: 23, counting: JSON.parse(older ?? '') }), [...upTo, lines.at(-1) ?? ''])
    const found = await check(cut)
    expect(found.stdout).toMatch(/COUNT the count: expected one of the twenty minutes before .*, came one of/)
    expect(found.code).toBe(1)
  })

  it('cannot tell without the last line, and of an extract', async () => {
    expect(await check(lines.slice(0, -1))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/does not end with/),
    })
    await makeExport('extract.jsonl', '--country', 'HN', '--purpose', 'INVESTIGATION')
    expect(await check('extract.jsonl')).toMatchObject({ code: 2, stderr: expect.stringMatching(/is an extract/) })
    const all = await makeExport('all.jsonl')
    expect(all.length).toBe(entries.length + last.length + 1)
    expect(await check('all.jsonl')).toMatchObject({ code: 0 })
  })
})

describe('exports of a range of times', () => {
  const cut = timeAt(20)
  it('are checked each alone and all together', async () => {
    const early = await makeExport('early.jsonl', '--country', 'HN', '--until', cut)
    const late = await makeExport('late.jsonl', '--country', 'HN', '--from', cut)
    const [one, two] = [await check('early.jsonl'), await check('late.jsonl')]
    expect(one.stdout).toMatch(/until .* HN 1 to 12, counted at .*\nHOLDS/)
    expect(two.stdout).toMatch(/from .* HN 13 to 26, counted up to 25 at .*\nHOLDS/)
    expect(await check('late.jsonl', 'early.jsonl')).toMatchObject({ code: 0 })
    // The end of one month and the beginning of the next.
    const shorter = stating(() => ({ last: 11 }), [...early.slice(0, -3), early.at(-1) ?? ''])
    const alone = await check(shorter)
    expect(alone.stdout).toMatch(/COUNT HN 12: expected it, to see where the range ends, came another entry/)
    const later = stating(() => ({ first: 14 }), late.slice(2))
    expect((await check(later)).stdout).toMatch(/COUNT HN 13: expected it/)
    const both = await check('early.jsonl', later)
    expect(both.stdout).toMatch(/HN 13 is missing/)
    expect([alone.code, both.code]).toEqual([1, 1])
  })

  it('hold also if nothing happened in the range', async () => {
    const none = await makeExport('none.jsonl', '--country', 'HN', '--from', timeAt(2.2), '--until', timeAt(3.5))
    expect(none).toHaveLength(1)
    expect(await check('none.jsonl')).toMatchObject({ code: 0, stdout: expect.stringMatching(/no part of HN/) })
    const hidden = await makeExport('hidden.jsonl', '--country', 'HN', '--from', timeAt(3.5), '--until', timeAt(4.5))
    const emptied = stating(() => ({ last: 2 }), hidden.slice(-1))
    expect((await check(emptied)).code).toBe(1)
  })
})
