import { hash } from 'node:crypto'
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeeper } from '../../audit/content-store/content-store.ts'
import { idAt } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import { plainRoot } from '../../audit/merkle/testing.ts'
import { formatCheckpoint } from '../../audit/note/checkpoint.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { pseudonymOf, rotateKeys } from '../../audit/pseudonym/pseudonym.ts'
import { findSalt } from '../../audit/salts/salts.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { auditHere, type Ended } from './istmo.ts'
import { writeLog, writePolicy } from './logs.ts'

/** Runs the commands that read entries, on the files of two logs that agree, and on copies that do not. */

const [gatewayKey, hnKey, ownKey] = ['gateway', 'hn', 'reader'].map((name) =>
  generateSignerKey(`istmo.example/${name}`, SIGNATURE_TYPES.ed25519),
) as [string, string, string]
const [gateway, hn] = [parseSignerKey(gatewayKey), parseSignerKey(hnKey)]
const START_MS = Date.parse('2026-11-24T20:00:00.000Z')
const time = (at: number) => new Date(START_MS + at * 1_000).toISOString()
const id = (at: number) => idAt(START_MS + at * 1_000, at)
const hex = (text: string) => text.repeat(64).slice(0, 64)
const SUPERGRAPH = `
  enum join__Graph { CASES @join__graph(name: "cases", url: "") }
  type Query @join__type(graph: CASES) { cases: [Case!]! @join__field(graph: CASES) }
  type Case @join__type(graph: CASES) { id: ID! title: String @requiresScopes(scopes: [["case:read"]]) narrative: String @policy(policies: [["narrative_release"]]) }
`
const keys = rotateKeys(rotateKeys({ epochs: [] }, 0), 1)
const ref = pseudonymOf('record', 'HN:P-000077', { epochs: keys.epochs.slice(0, 1) })

let folder: string
/** The commands whose readings become entries. They find the reader's own log at the desk. */
const READINGS: readonly string[] = ['search', 'who-saw', 'was-allowed']
const audit = (...args: string[]) =>
  auditHere([...args, ...(READINGS.includes(args[0] ?? '') ? ['--desk', 'desk'] : [])], folder)
const log = ['--log', 'gateway', '--policy', 'policy']
const own = ['--own-log', 'own', '--own-key', 'own.key']

/** HN's leg of request `at`, as HN logged it. */
function countryLeg(at: number, more: Partial<EntryOf<'leg'>> = {}): EntryOf<'leg'> {
  const hashes = { operationHash: hex('a'), requestHash: hex(String(at)), responseHash: hex('c') }
  // Only the first leg has a record, in the detail before it.
  const refs = at === 1 ? `${ref}\n` : ''
  return {
    ...SAMPLE_LEG,
    ...hashes,
    records: { count: at === 1 ? 1 : 0, hash: hash('sha256', refs) },
    details: at === 1 ? 1 : 0,
    id: idAt(START_MS + at * 1_000, 500 + at),
    time: time(at),
    requestId: id(at),
    ...more,
  }
}

function detail(at: number, refs: readonly string[]): Entry {
  const { node } = SAMPLE_LEG
  const of = countryLeg(at).id
  return {
    v: 1,
    kind: 'leg-detail',
    id: idAt(START_MS, 900 + at),
    time: time(at),
    node,
    of,
    part: 1,
    refs,
    coordinates: [],
  }
}

/** The SHA-256 of the text of HN's checkpoint of a size. */
function checkpointOf(size: number): string {
  const root = plainRoot(hnEntries.slice(0, size).map(canonicalBytes))
  return hash('sha256', formatCheckpoint({ origin: hn.verifier.name, size, root }))
}

/** Request `at` in the gateway's log, with its leg to HN. `place` is the index of HN's entry. */
function request(
  at: number,
  place: number | null,
  leg = countryLeg(at),
  more: Partial<EntryOf<'request'>> = {},
): Entry {
  const [sample] = SAMPLE_REQUEST.legs
  const leaf = Buffer.from(hashLeaf(canonicalBytes(leg))).toString('hex')
  const receipt =
    place === null
      ? null
      : { origin: hn.verifier.name, index: place, size: place + 1, checkpoint: checkpointOf(place + 1), leaf }
  const { operationHash, requestHash, responseHash, records } = leg
  const legs = [{ ...sample, operationHash, requestHash, responseHash, records, receipt }] as EntryOf<'request'>['legs']
  return { ...SAMPLE_REQUEST, id: id(at), time: time(at), denied: [], legs, continuations: 0, ...more }
}

const hnEntries: readonly Entry[] = [
  {
    v: 1,
    kind: 'node-start',
    id: id(90),
    time: time(0),
    node: hn.verifier.name,
    country: 'HN',
    domains: ['cases'],
    access: hex('e'),
    policySet: hex('f'),
    repairs: [],
  },
  detail(1, [ref]),
  countryLeg(1),
  countryLeg(2),
]
const stop: Entry = { v: 1, kind: 'stop', id: id(400), time: time(400), gateway: gateway.verifier.name }
const gatewayEntries: readonly Entry[] = [request(1, 2), request(2, 3), stop]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-commands-'))
  await writePolicy(folder, [gateway, hn])
  await writeFile(join(folder, 'own.key'), `${ownKey}\n`)
  await writeFile(join(folder, 'gateway.key'), `${gatewayKey}\n`)
  await writeFile(join(folder, 'hn.key'), `${hnKey}\n`)
  await writeFile(join(folder, 'refs.json'), JSON.stringify(keys))
  expectCode(await audit('desk', 'desk', '--reader', 'auditor-7', '--name', 'audit.example/7', '--policy', 'policy'), 0)
  await writeLog(join(folder, 'gateway'), gateway, gatewayEntries)
  await writeLog(join(folder, 'hn'), hn, hnEntries)
  await writeLog(join(folder, 'empty'), hn, hnEntries.slice(0, 1))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Asserts an exit code, and shows the output if the code is another. */
function expectCode({ code, stdout, stderr }: Ended, expected: number): void {
  expect({ code, said: code === expected ? '' : `${stdout}${stderr}` }).toEqual({ code: expected, said: '' })
}

/** Copies the gateway's log and alters an entry of the copy. Each command that reads the copy must notice. */
async function spoil(): Promise<string> {
  await cp(join(folder, 'gateway'), join(folder, 'spoilt'), { recursive: true })
  const bundle = join(folder, 'spoilt/tile/entries/000.p/3')
  const text = (await readFile(bundle, 'latin1')).replace('"agency":"GT-MP-FECO"', '"agency":"GT-MP-XXXX"')
  await writeFile(bundle, text, 'latin1')
  return 'spoilt'
}

describe('istmo audit index and search', () => {
  it('find the same entries in the index and directly in the log', async () => {
    expectCode(await audit('index', ...log, '--db', 'db'), 0)
    const filter = ['--agency', 'GT-MP-FECO', '--country', 'HN', '--outcome', 'ANSWERED', '--json']
    const inIndex = await audit('search', '--db', 'db', ...filter)
    const inLog = await audit('search', '--no-index', ...log, ...filter)
    expectCode(inIndex, 0)
    expectCode(inLog, 0)
    const { logs, ...indexed } = JSON.parse(inIndex.stdout) as { logs: unknown }
    expect(indexed).toEqual(JSON.parse(inLog.stdout))
    // An answer of the index says how many entries of the log it knows.
    expect(logs).toMatchObject([{ log: 'istmo.example/gateway', size: gatewayEntries.length, unreadable: 0 }])
    expect((JSON.parse(inIndex.stdout) as { entries: { id: string }[] }).entries.map((each) => each.id)).toEqual([
      id(2),
      id(1),
    ])
  })

  it('count entries, and find patterns', async () => {
    const counts = await audit('search', '--db', 'db', '--count-by', 'purpose')
    expect(counts.stdout).toBe('       2  INVESTIGATION\n       1  (none)\n')
    expectCode(await audit('search', '--db', 'db', '--pattern', 'MANY_DENIALS'), 1)
    const many = await audit('search', '--db', 'db', '--pattern', 'PROBING_BY_HITS', '--threshold', '1')
    expect(many.stdout).toMatch(/^PROBING_BY_HITS: requests of one officer/)
  })

  it('exit with 1 if there is no such entry, and with 2 if they cannot tell', async () => {
    expectCode(await audit('search', '--db', 'db', '--agency', "x' or '1'='1"), 1)
    expectCode(await audit('search', '--db', 'db', '--outcome', 'GOOD'), 2)
    expectCode(await audit('search', '--db', 'db', '--code', 'RATE_LIMITED'), 1)
    const misspelt = await audit('search', '--db', 'db', '--code', 'RATE_LIMITD')
    expect(misspelt.stderr).toMatch(/could not tell: --code: expected a code that .* came RATE_LIMITD/)
    expectCode(misspelt, 2)
    expectCode(await audit('search', '--no-index', ...log, '--field', 'Person.birthDat'), 2)
    expectCode(await audit('search', '--db', 'db', '--count-by', 'agency; drop table entries'), 2)
    expectCode(await audit('search', '--agency', 'x'), 2)
    expectCode(await audit('search', '--db', 'postgres://127.0.0.1:9/none'), 2)
  })

  it('notice an entry that was edited, and a log other than the one that was indexed', async () => {
    const spoilt = await spoil()
    const found = await audit('search', '--no-index', '--log', spoilt, '--policy', 'policy')
    expect(found.stdout).toMatch(/ENTRY entry 0/)
    expectCode(found, 1)
    expectCode(await audit('index', '--log', spoilt, '--policy', 'policy', '--db', 'other-db'), 1)
    await writeLog(join(folder, 'forked'), gateway, [stop, ...gatewayEntries])
    const forked = await audit('index', '--log', 'forked', '--policy', 'policy', '--db', 'db')
    expect(forked.stderr).toMatch(/entry 2 of istmo\.example\/gateway is not the entry that the index has/)
    expectCode(forked, 2)
    expectCode(await audit('index', '--log', 'forked', '--policy', 'policy', '--db', 'db', '--rebuild'), 0)
  })
})

describe('istmo audit who-saw', () => {
  const national = ['--log', 'hn', '--policy', 'policy', '--keys', 'refs.json']

  it('finds who received a record, under each epoch of the key', async () => {
    const { stdout, code } = await audit('who-saw', 'HN:P-000077', ...national)
    expect(stdout).toMatch(
      /^2026-11-24T20:00:01.000Z {2}GT-MP-FECO analyst {2}INVESTIGATION jtf-2026-03 {2}cases {2}200/,
    )
    expect(stdout).toContain(id(1))
    expect(code).toBe(0)
  })

  it('finds them in a range of time, and refuses one that ends before it begins', async () => {
    const whoSaw = (...range: readonly string[]) => audit('who-saw', 'HN:P-000077', ...national, ...range)
    const within = await whoSaw('--from', '2026-11-24T20:00:01Z', '--until', '2026-11-24T20:00:02Z')
    expect(within.stdout).toContain(id(1))
    expectCode(within, 0)
    const later = await whoSaw('--from', '2026-11-24T14:00:02-06:00')
    expect(later.stdout).toMatch(/^Nobody received HN:P-000077 from 2026-11-24T20:00:02\.000Z on\.\n/)
    expectCode(later, 1)
    const earlier = await whoSaw('--until', '2026-11-24T20:00:01Z')
    expect(earlier.stdout).toMatch(/^Nobody received HN:P-000077 before 2026-11-24T20:00:01\.000Z\.\n/)
    expectCode(earlier, 1)
    const reversed = await whoSaw('--from', '2026-11-25', '--until', '2026-11-24')
    expect(reversed.stderr).toMatch(/--from, --until: expected a time and a later one/)
    expectCode(reversed, 2)
  })

  it('exits with 1 if nobody received it, and with 2 if it cannot tell', async () => {
    expectCode(await audit('who-saw', 'HN:P-000078', ...national), 1)
    const { epochs } = keys
    await writeFile(join(folder, 'late.json'), JSON.stringify({ epochs: epochs.slice(1) }))
    const late = await audit('who-saw', 'HN:P-000077', '--log', 'hn', '--policy', 'policy', '--keys', 'late.json')
    expect(late.stderr).toMatch(
      /could not tell: for epoch 1: the log has 1 refs under it, from .* the file of keys does not/,
    )
    expect(late.stdout).not.toMatch(/Nobody/)
    expectCode(late, 2)
    const foreign = await audit('who-saw', 'HN:P-000077', ...log, '--keys', 'refs.json')
    expect(foreign.stderr).toMatch(/is not the log of a country/)
    expectCode(foreign, 2)
    expectCode(await audit('who-saw', 'Ana', ...national), 2)
  })

  it('cannot tell by the keys of another log, which may have the same epochs', async () => {
    const [start] = hnEntries
    const entries = [{ ...start, v: 2, keyCheck: pseudonymOf('country', 'HN', keys) } as Entry, ...hnEntries.slice(1)]
    await writeLog(join(folder, 'hn-checked'), hn, entries)
    const checked = ['--log', 'hn-checked', '--policy', 'policy', '--keys']
    expectCode(await audit('who-saw', 'HN:P-000077', ...checked, 'refs.json'), 0)
    const others = rotateKeys(rotateKeys({ epochs: [] }, START_MS), START_MS)
    await writeFile(join(folder, 'others.json'), JSON.stringify(others))
    const found = await audit('who-saw', 'HN:P-000077', ...checked, 'others.json')
    expect(found.stdout).not.toMatch(/Nobody/)
    expect(found.stderr).toMatch(/could not tell: expected the keys of refs of istmo\.example\/hn; came others/)
    expectCode(found, 2)
  })

  it('cannot tell if somebody left out the detail that names the records of a leg', async () => {
    await writeLog(join(folder, 'hn-hidden'), hn, [hnEntries[0], countryLeg(1), countryLeg(2)])
    const hidden = ['--log', 'hn-hidden', '--policy', 'policy', '--keys', 'refs.json']
    const found = await audit('who-saw', 'HN:P-000077', ...hidden)
    expect(found.stdout).not.toMatch(/Nobody/)
    expect(found.stderr).toMatch(/could not tell: no detail names HN:P-000077, and of 1 legs the details do not name/)
    expectCode(found, 2)
  })

  it('cannot tell about the record of another country, and says whom to ask', async () => {
    const other = await audit('who-saw', 'GT:P-000005', ...national)
    expect(other.stdout).toBe('')
    expect(other.stderr).toMatch(
      /GT:P-000005 is a record of GT, and istmo\.example\/hn is the log of HN, .* Ask the auditor of GT/,
    )
    expectCode(other, 2)
  })
})

describe('istmo audit reconcile', () => {
  it('holds if both logs say the same, and writes the result to both', async () => {
    for (const name of ['gateway', 'hn']) await cp(join(folder, name), join(folder, `${name}-2`), { recursive: true })
    const write = ['--write', 'gateway.key', '--write', 'hn.key']
    const { code, stdout } = await audit('reconcile', 'gateway-2', 'hn-2', '--policy', 'policy', ...write)
    expect(stdout).toMatch(/ {2}matched 2\nHOLDS/)
    expect(code).toBe(0)
    const found = await audit(
      'search',
      '--no-index',
      '--log',
      'hn-2',
      '--policy',
      'policy',
      '--kind',
      'node-reconciliation',
    )
    expectCode(found, 0)
    // The made-up legs of this file lack their details, which `verify` would report.
    expectCode(await audit('verify', 'gateway-2', 'hn-2', '--policy', 'policy', '--no-entries'), 0)
  })

  it.each([
    [
      'a leg that the country removed',
      [request(1, 2), request(2, 3), stop],
      hnEntries.slice(0, 3),
      1,
      /GATEWAY_ONLY 1: [\s\S]*expected the 4 entries that the country signed; came 3/,
    ],
    [
      'a leg that was replaced by another',
      [request(1, 3), request(2, 3), stop],
      hnEntries,
      1,
      /GATEWAY_ONLY 1: [\s\S]* at 3; came another entry/,
    ],
    [
      'a request that the gateway hid',
      [request(1, 2), stop],
      hnEntries,
      1,
      /COUNTRY_ONLY 1: [\s\S]*entry 3 of the country: the gateway has no such request/,
    ],
    [
      'hashes that differ',
      [request(1, 2), request(2, null, countryLeg(2, { responseHash: hex('9') })), stop],
      hnEntries,
      1,
      /FIELDS_DIFFER 1: [\s\S]*entry 3 of the country: responseHash/,
    ],
    [
      'a leg without a receipt that the country does not have',
      [request(1, 2), request(2, null), stop],
      hnEntries.slice(0, 3),
      2,
      /RECEIPT_MISSING 1: [\s\S]*COULD NOT TELL/,
    ],
  ])('reports %s', async (what, at, national, code, said) => {
    const name = what.replaceAll(' ', '-')
    await writeLog(join(folder, `${name}-g`), gateway, at)
    await writeLog(join(folder, `${name}-n`), hn, national)
    const found = await audit('reconcile', `${name}-g`, `${name}-n`, '--policy', 'policy')
    expect(found.stdout).toMatch(said)
    expectCode(found, code)
  })

  it('shows what is new since a baseline, and tells a timer by its exit code', async () => {
    const lost = hnEntries.slice(0, 3)
    await writeLog(join(folder, 'known-g'), gateway, [request(1, 2), request(2, 3), stop])
    await writeLog(join(folder, 'known-n'), hn, lost)
    const logs = ['known-g', 'known-n', '--policy', 'policy']
    expectCode(await audit('reconcile', ...logs, '--write-baseline', 'known.jsonl'), 1)
    const lines = (await readFile(join(folder, 'known.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    const explained = JSON.stringify({ ...JSON.parse(lines[1] ?? ''), why: 'the disk of HN was lost, see case 7' })
    await writeFile(join(folder, 'known.jsonl'), `${lines[0]}\n${explained}\n`)
    const again = await audit('reconcile', ...logs, '--baseline', 'known.jsonl', '--write-baseline', 'known.jsonl')
    expectCode(again, 0)
    expect(again.stdout).toMatch(/GATEWAY_ONLY 1, 1 of them known: [^\n]*\nHOLDS/)
    expect(await readFile(join(folder, 'known.jsonl'), 'utf8')).toBe(`${lines[0]}\n${explained}\n`)

    await writeLog(join(folder, 'later-n'), hn, [...lost, countryLeg(3)])
    const later = ['known-g', 'later-n', '--policy', 'policy', '--baseline', 'known.jsonl', '--json']
    const json = await audit('reconcile', ...later)
    expectCode(json, 1)
    const [difference, summary] = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(difference).toMatchObject({ class: 'COUNTRY_ONLY', requestId: id(3), time: time(3) })
    const counts = { COUNTRY_ONLY: { all: 1, known: 0 }, GATEWAY_ONLY: { all: 1, known: 1 } }
    expect(summary).toMatchObject({ verdict: 'FAILS', matched: 1, counts })
    const foreign = await audit('reconcile', 'gateway', 'hn', '--policy', 'policy', '--baseline', 'policy')
    expect(foreign.stderr).toMatch(/policy: line 1: expected the first line of a baseline/)
    expectCode(foreign, 2)
  })

  it('compares the requests of a range, and shows as many differences as asked', async () => {
    await writeLog(join(folder, 'range-g'), gateway, [request(1, 2), stop])
    await writeLog(join(folder, 'range-n'), hn, [...hnEntries, ...[3, 4, 5, 6].map((at) => countryLeg(at))])
    const logs = ['range-g', 'range-n', '--policy', 'policy']
    const all = await audit('reconcile', ...logs, '--limit', '2')
    expect(all.stdout).toMatch(/COUNTRY_ONLY 5: .*\n( {4}2026.*\n){2} {4}and 3 more: --limit or --json shows them\n/)
    expectCode(all, 1)
    const early = await audit('reconcile', ...logs, '--until', time(2))
    expect(early.stdout).toMatch(/matched 1\nHOLDS/)
    const late = await audit('reconcile', ...logs, '--from', time(5), '--until', '2026-11-24T14:00:06-06:00')
    expect(late.stdout).toMatch(/matched 0\n {2}COUNTRY_ONLY 1: /)
    for (const wrong of [
      ['--from', 'yesterday'],
      ['--limit', '-1'],
      ['--from', time(5), '--until', time(5)],
    ]) {
      expectCode(await audit('reconcile', ...logs, ...wrong), 2)
    }
  })

  it('cannot tell if the range has no request, and leaves a baseline as it was', async () => {
    const logs = ['gateway', 'hn', '--policy', 'policy']
    await writeFile(join(folder, 'kept.jsonl'), 'kept\n')
    const late = await audit('reconcile', ...logs, '--from', '2030-01-01T00:00:00Z', '--write-baseline', 'kept.jsonl')
    expect(late.stdout).toMatch(/ {2}matched 0\nCOULD NOT TELL/)
    expect(late.stderr).toMatch(/no request in the range \(from 2030-01-01T00:00:00\.000Z\)/)
    expectCode(late, 2)
    expect(await readFile(join(folder, 'kept.jsonl'), 'utf8')).toBe('kept\n')
    const early = await audit('reconcile', ...logs, '--until', '2020-01-01T00:00:00Z', '--json')
    expect(JSON.parse(early.stdout)).toMatchObject({ verdict: 'UNTOLD', matched: 0 })
    expectCode(early, 2)
    await writeLog(join(folder, 'unused'), gateway, [stop])
    expectCode(await audit('reconcile', 'unused', 'empty', '--policy', 'policy'), 0)
  })

  it('says in its help that --json prints lines', async () => {
    const { stdout } = await audit('reconcile', '--help')
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('--json print each difference as one line of JSON, and the result')
  })

  it('exits with 2 for a log that is not a country’s', async () => {
    expectCode(await audit('reconcile', 'gateway', 'gateway', '--policy', 'policy'), 2)
  })
})

describe('istmo audit export', () => {
  it('writes entries with proofs that can be checked without the log, and is itself an entry', async () => {
    const made = await audit('export', ...log, ...own, '--country', 'HN', '--out', 'hn.jsonl')
    expect(made.stdout).toBe('hn.jsonl: 2 entries with their proofs.\n')
    expectCode(made, 0)
    // Entries of version 1 are not counted, so nobody can tell whether some are missing.
    const checked = await audit('check', 'hn.jsonl', '--policy', 'policy')
    expect(checked.stderr).toMatch(/all 2 entries are in the log, but nobody can tell whether more are missing/)
    expectCode(checked, 2)
    await writeFile(
      join(folder, 'forged.jsonl'),
      (await readFile(join(folder, 'hn.jsonl'), 'utf8')).replace('FECO', 'FEXX'),
    )
    expectCode(await audit('check', 'forged.jsonl', '--policy', 'policy'), 1)
    await writePolicy(folder, [parseSignerKey(ownKey)], [], 'own-policy')
    const noted = await audit('search', '--no-index', '--log', 'own', '--policy', 'own-policy', '--kind', 'oversight')
    expect(noted.stdout).toMatch(/oversight .*→ HN/)
    expectCode(noted, 0)
  })

  it('writes all entries for who may see them, and those are checked without numbers', async () => {
    expectCode(await audit('export', ...log, ...own, '--out', 'all.jsonl'), 0)
    const all = await audit('check', 'all.jsonl', '--policy', 'policy')
    expect(all.stdout).toBe('HOLDS: all 3 entries are in the log.\n')
    expectCode(all, 0)
  })

  it('writes events of OCSF API Activity', async () => {
    expectCode(await audit('export', ...log, ...own, '--ocsf', '--out', 'events.jsonl'), 0)
    const [first, ...rest] = (await readFile(join(folder, 'events.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(rest).toHaveLength(2)
    expect(JSON.parse(first ?? '')).toMatchObject({
      ...{ category_uid: 6, class_uid: 6003, activity_id: 2, type_uid: 600302, time: START_MS + 1_000, status_id: 1 },
      ...{ severity_id: 1, duration: 12, status_code: '200' },
      metadata: {
        version: '1.4.0',
        product: { name: 'Istmo' },
        uid: id(1),
        log_name: gateway.verifier.name,
        sequence: 0,
      },
      actor: { user: { uid: SAMPLE_REQUEST.actor?.ref, org: { uid: 'GT', name: 'GT-MP-FECO' } } },
      api: { operation: 'Cases', request: { uid: id(1) }, response: { code: 200 } },
      src_endpoint: { svc_name: 'tf-console' },
    })
  })

  it('exits with 1 for a damaged log, and with 2 without a log of the reader', async () => {
    await spoil()
    expectCode(await audit('export', '--log', 'spoilt', '--policy', 'policy', ...own, '--out', 'x.jsonl'), 1)
    expectCode(await audit('export', ...log, '--out', 'x.jsonl'), 2)
  })
})

describe('istmo audit erase', () => {
  it('erases a salt once, writes an entry about it, and does not change the tree', async () => {
    const place = join(folder, 'salted')
    await mkdir(place)
    await writeLog(join(place, 'log'), gateway, gatewayEntries)
    const salted = await openLog({ folder: join(place, 'log'), salts: join(place, 'salts'), signer: gateway })
    await salted.append(canonicalBytes(stop), [{ id: id(1), salt: Buffer.alloc(32, 1) }])
    await salted.close()
    const how = ['--log', 'salted', '--key', 'gateway.key', '--reason', 'COURT_ORDER']
    expectCode(await audit('erase', id(1), ...how), 0)
    expect((await audit('erase', id(1), ...how)).stdout).toMatch(/its salt was erased before/)
    expectCode(await audit('erase', id(2), ...how), 1)
    expectCode(await audit('erase', id(1), '--log', 'salted', '--key', 'gateway.key', '--reason', 'MOOD'), 2)
    const found = await audit('search', '--no-index', '--log', 'salted', '--policy', 'policy', '--kind', 'salt-erasure')
    expect(found.stdout.trim().split('\n')).toHaveLength(1)
    expectCode(await audit('prove', id(1), '--log', 'salted', '--policy', 'policy'), 0)
  })
})

describe('istmo audit erase --record', () => {
  it('erases the salts of each leg that gave the record, whatever its request, and says what is still found', async () => {
    const [place, [start]] = [join(folder, 'hn-salted'), hnEntries as [Entry, ...Entry[]]]
    await mkdir(place)
    const gave = countryLeg(2, { records: countryLeg(1).records, details: 1 })
    const legs = [countryLeg(1), gave, countryLeg(3)]
    const entries = [start, detail(1, [ref]), countryLeg(1), detail(2, [ref]), gave, countryLeg(3)]
    const salted = await openLog({ folder: join(place, 'log'), salts: join(place, 'salts'), signer: hn })
    for (const entry of entries) {
      const isLeg = entry.kind === 'leg'
      await salted.append(canonicalBytes(entry), isLeg ? [{ id: entry.id, salt: Buffer.alloc(32, 1) }] : [])
    }
    await salted.close()
    const how = ['--log', 'hn-salted', '--key', 'hn.key', '--reason', 'DATA_SUBJECT']
    const whose = ['--keys', 'refs.json', '--policy', 'policy']
    const erased = await audit('erase', '--record', 'HN:P-000077', ...how, ...whose)
    expect([erased.code, erased.stdout]).toEqual([0, expect.stringMatching(/2 legs gave it\. 2 salts are erased/)])
    for (const said of [id(1), id(2), '`who-saw` still finds these legs']) expect(erased.stdout).toContain(said)
    const kinds = await Promise.all(legs.map(async ({ id: leg }) => (await findSalt(join(place, 'salts'), leg)).kind))
    expect(kinds).toEqual(['ERASED', 'ERASED', 'KEPT'])
    const found = ['search', '--no-index', '--log', 'hn-salted', '--policy', 'policy', '--kind', 'salt-erasure']
    expect((await audit(...found)).stdout.trim().split('\n')).toHaveLength(2)
    expectCode(await audit('who-saw', 'HN:P-000077', '--log', 'hn-salted', ...whose), 0)
    const again = await audit('erase', '--record', 'HN:P-000077', ...how, ...whose)
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringMatching(/0 salts are erased .*, 2 were erased before/),
    ])
    expectCode(await audit('erase', '--record', 'HN:P-000099', ...how, ...whose), 1)
    await writeFile(join(folder, 'newest.json'), JSON.stringify({ epochs: keys.epochs.slice(1) }))
    // Without a key of an epoch, more legs may have given it. With no keys, nobody can look.
    expectCode(
      await audit('erase', '--record', 'HN:P-000077', ...how, '--keys', 'newest.json', '--policy', 'policy'),
      2,
    )
    expectCode(await audit('erase', '--record', 'HN:P-000077', ...how), 2)
    expectCode(await audit('erase', '--record', 'HN:P-000077', id(1), ...how, ...whose), 2)
  })
})

describe('istmo audit was-allowed', () => {
  const taskForces = [
    {
      ...{ id: 'jtf-2026-03', notAfter: '2026-12-31' },
      members: [{ issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }],
    },
  ]
  const policies =
    '@policy("narrative_release") permit(principal, action, resource) when { principal.role == "prosecutor" };'
  const coordinates = ['Case.id', 'Case.narrative', 'Case.title', 'Query.cases']
  const denial = { coordinate: 'Case.narrative', kind: 'POLICY', country: 'HN' } as const

  /** Writes an audit log of one request, with its rules in the content store beside it. */
  async function record(
    name: string,
    edit: (hashes: { graph: string; access: string; policySet: string }) => Partial<EntryOf<'request'>>,
    forces: readonly object[] = taskForces,
  ) {
    const keep = await createKeeper(join(folder, name, 'kept'))
    const graph = await keep(SUPERGRAPH)
    const policySet = await keep(policies)
    const access = await keep(JSON.stringify({ country: 'HN', taskForces: forces, policySet, sdl: {} }))
    const [leg] = SAMPLE_REQUEST.legs
    const operation = { ...SAMPLE_REQUEST.operation, graph } as EntryOf<'request'>['operation']
    const legs = [{ ...leg, access, policySet, granted: { scopes: ['case:read'], policies: [] } }]
    const entry = {
      ...SAMPLE_REQUEST,
      operation,
      coordinates,
      legs,
      denied: [denial],
      ...edit({ graph, access, policySet }),
    }
    await writeLog(join(folder, name, 'log'), gateway, [entry])
    return audit('was-allowed', SAMPLE_REQUEST.id, '--log', name, '--policy', 'policy')
  }

  it('names the document that was asked, and `document` prints it if its file has that hash', async () => {
    const text = 'query ($v1: String) {\n  cases(search: $v1) { id }\n}'
    const documentHash = hash('sha256', text)
    const operation = (graph: string) => ({ ...SAMPLE_REQUEST.operation, graph, documentHash, isKept: true }) as never
    const found = await record('asked', ({ graph }) => ({ operation: operation(graph) }))
    expect(found.stdout).toContain(`what was asked: istmo audit document ${documentHash}`)
    const printing = () => audit('document', documentHash, '--log', 'asked')
    expectCode(await printing(), 2)
    const file = join(folder, 'asked/kept', documentHash)
    await writeFile(file, text)
    const printed = await printing()
    expect(printed.stdout).toBe(`${text}\n`)
    expectCode(printed, 0)
    await appendFile(file, '#')
    expectCode(await printing(), 1)
  })

  it('holds if the rules of that time agree with what was done', async () => {
    const found = await record('allowed', () => ({}))
    expect(found.stdout).toMatch(/4 fields in 1 legs decided again\nHOLDS/)
    expectCode(found, 0)
  })

  it('does not hold if a field was answered that the rules deny, or denied that they allow', async () => {
    const given = await record('given', () => ({ denied: [] }))
    expect(given.stdout).toMatch(/HN cases: Case\.narrative: it was requested, but the rules deny it \(POLICY\)/)
    expectCode(given, 1)
    const refused = await record('refused', () => ({ denied: [denial, { ...denial, coordinate: 'Case.title' }] }))
    expect(refused.stdout).toMatch(/Case\.title: it was denied, but the rules allow it/)
    expectCode(refused, 1)
    const stranger = await record('stranger', () => ({ actor: { ...SAMPLE_REQUEST.actor, agency: 'GT-PNC' } as never }))
    expect(stranger.stdout).toMatch(
      /Case\.title: it was requested, but the rules deny it \(TASK_FORCE_NOT_RECOGNISED\)/,
    )
    expectCode(stranger, 1)
  })

  it('reads the task forces of a log of version 0.2 with the meaning that they had then', async () => {
    const rights = { purposes: ['INVESTIGATION'], scopes: ['case:read'] }
    const old = {
      id: 'jtf-2026-03',
      issuers: ['HN', 'GT'],
      agencies: ['GT-MP-FECO'],
      notAfter: '2026-12-31',
      ...rights,
    }
    expect((await record('old', () => ({}), [old])).stdout).toMatch(/4 fields in 1 legs decided again\nHOLDS/)
    const crossed = { ...SAMPLE_REQUEST.actor, country: 'HN' } as never
    expect((await record('crossed', () => ({ actor: crossed }), [old])).stdout).toMatch(/HOLDS/)
  })

  it('treats a request and its continuations as one', async () => {
    const rest = { legs: [], denied: [denial], coordinates: ['Case.narrative'], gateway: gateway.verifier.name }
    const part = { v: 1, kind: 'continuation', id: id(77), time: time(77), of: SAMPLE_REQUEST.id, part: 1, ...rest }
    const split = { denied: [], coordinates: ['Case.id', 'Case.title', 'Query.cases'], continuations: 1 }
    const alone = await record('alone', () => split)
    expect(alone.stderr).toMatch(/expected the 1 continuations of the entry; the log has 0 of them/)
    expectCode(alone, 2)
    await writeLog(join(folder, 'alone/log'), gateway, [part])
    const how = ['--log', 'alone', '--policy', 'policy']
    const whole = await audit('was-allowed', SAMPLE_REQUEST.id, ...how)
    expect(whole.stdout).toMatch(/4 fields in 1 legs decided again\nHOLDS/)
    const proved = await audit('prove', SAMPLE_REQUEST.id, ...how, '--out', 'long.tlog-proof')
    expect(proved.stdout).toMatch(/^long\.tlog-proof: entry 0 of .*\nlong\.1\.tlog-proof: entry 1 of /)
    expectCode(await audit('check', 'long.1.tlog-proof', '--policy', 'policy'), 0)
  })

  it('decides by the day of the entry, not by today', async () => {
    const late = await record('late', () => ({ time: '2027-01-01T00:00:00.000Z' }))
    expect(late.stdout).toMatch(/TASK_FORCE_NOT_RECOGNISED/)
    expectCode(late, 1)
  })

  it('cannot tell if the rules are not in the content store, or do not have their hash', async () => {
    await record('lost', () => ({}))
    await rm(join(folder, 'lost/kept'), { recursive: true })
    expectCode(await audit('was-allowed', '0', '--log', 'lost', '--policy', 'policy'), 2)
    let changed = ''
    await record('changed', ({ policySet }) => {
      changed = join(folder, 'changed/kept', policySet)
      return {}
    })
    await appendFile(changed, '\n')
    const found = await audit('was-allowed', '0', '--log', 'changed', '--policy', 'policy')
    expect(found.stderr).toMatch(/does not have the SHA-256 that its name says/)
    expectCode(found, 2)
  })
})
