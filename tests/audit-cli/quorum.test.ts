import { hash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeeper } from '../../audit/content-store/content-store.ts'
import { openIndexDatabase } from '../../audit/index/database.ts'
import { idAt } from '../../audit/index/testing.ts'
import { newSigner } from '../../audit/log/testing.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { pseudonymOf, rotateKeys } from '../../audit/pseudonym/pseudonym.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { auditHere } from './istmo.ts'
import { writeLog, writePolicy } from './logs.ts'

/**
 * Somebody with the key of a log writes another one and shows it to an auditor, or adds entries to what the witnesses saw. The commands that read entries must
 * not be sure of it.
 */

const [gateway, hn] = [newSigner('istmo.example/gateway'), newSigner('istmo.example/hn')]
const witnesses = ['a', 'b', 'c', 'd'].map((name) => newSigner(`${name}.example/witness`, 'cosignature'))
const [ENOUGH, TOO_FEW] = [witnesses.slice(0, 3), witnesses.slice(0, 2)]
const NOW_MS = Date.now()
const MINUTE_MS = 60_000
const keys = rotateKeys({ epochs: [] }, 0)
const RECORD = 'HN:P-000077'
const ref = pseudonymOf('record', RECORD, keys)

const SUPERGRAPH = `
  enum join__Graph { CASES @join__graph(name: "cases", url: "") }
  type Query @join__type(graph: CASES) { cases: [Case!]! @join__field(graph: CASES) }
  type Case @join__type(graph: CASES) { id: ID! }
`

let folder: string
let rules: { readonly graph: string; readonly access: string; readonly policySet: string }
const audit = (...args: readonly string[]) => auditHere([...args, '--desk', 'desk'], folder)

/** A request that was allowed, so many minutes from now. */
function requestAt(minute: number, agency = 'GT-MP-FECO'): EntryOf<'request'> {
  const [leg] = SAMPLE_REQUEST.legs
  const timeMs = NOW_MS + minute * MINUTE_MS
  return {
    ...SAMPLE_REQUEST,
    ...{
      id: idAt(timeMs, 1),
      time: new Date(timeMs).toISOString(),
      coordinates: ['Case.id', 'Query.cases'],
      denied: [],
    },
    actor: { ...SAMPLE_REQUEST.actor, agency } as EntryOf<'request'>['actor'],
    operation: { ...SAMPLE_REQUEST.operation, graph: rules.graph } as EntryOf<'request'>['operation'],
    legs: [{ ...leg, ...rules, graph: undefined, granted: { scopes: [], policies: [] } }].map(
      ({ graph: _, ...each }) => each,
    ) as EntryOf<'request'>['legs'],
  }
}

/** A leg of HN that gave the record, with its detail before it, so many minutes from now. */
function legAt(minute: number, record = ref): readonly Entry[] {
  const timeMs = NOW_MS + minute * MINUTE_MS
  const [id, time] = [idAt(timeMs, 1), new Date(timeMs).toISOString()]
  const common = { time, node: SAMPLE_LEG.node }
  const records = { count: 1, hash: hash('sha256', `${record}\n`) }
  return [
    { ...common, v: 1, kind: 'leg-detail', id: idAt(timeMs, 2), of: id, part: 1, refs: [record], coordinates: [] },
    { ...SAMPLE_LEG, ...common, id, records, details: 1 },
  ]
}

/** Writes a log in several parts: the witnesses of each part cosign what is there until then. */
async function write(
  name: string,
  signer: NoteSigner,
  ...parts: readonly (readonly [entries: readonly Entry[], by: readonly NoteSigner[]])[]
): Promise<readonly string[]> {
  for (const [entries, by] of parts) await writeLog(join(folder, name, 'log'), signer, entries, by)
  return ['--log', name, '--policy', 'policy']
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-quorum-'))
  await writePolicy(folder, [gateway, hn], witnesses)
  await writeFile(join(folder, 'refs.json'), JSON.stringify(keys))
  const keep = await createKeeper(join(folder, 'kept'))
  const policySet = await keep('')
  const access = await keep(JSON.stringify({ country: 'HN', taskForces: [], policySet, sdl: {} }))
  rules = { graph: await keep(SUPERGRAPH), access, policySet }
  await auditHere(['desk', 'desk', '--reader', 'auditor-7', '--name', 'audit.example/7', '--policy', 'policy'], folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('an entry', () => {
  const wasAllowed = (log: readonly string[], id: string) => audit('was-allowed', id, ...log, '--kept', 'kept')

  it('was allowed for sure only if a quorum has cosigned it', async () => {
    const request = requestAt(-60)
    const seen = await wasAllowed(await write('allowed', gateway, [[request], ENOUGH]), request.id)
    expect([seen.code, seen.stdout]).toEqual([0, expect.stringMatching(/HOLDS: it was decided/)])
    for (const [name, by] of [['unseen', []] as const, ['too-few', TOO_FEW] as const]) {
      const found = await wasAllowed(await write(name, gateway, [[request], by]), request.id)
      expect(found.stdout).not.toMatch(/HOLDS/)
      expect(found.stderr).toMatch(
        /could not tell: istmo\.example\/gateway: expected a quorum of witnesses for its first 1 entries; came one for 0/,
      )
      expect(found.code).toBe(2)
    }
  })

  it('was not decided wrongly for sure if no quorum has cosigned it, because the owner of the log could have written it', async () => {
    // A field that the rules allow was denied.
    const request = { ...requestAt(-60), denied: [{ coordinate: 'Case.id', kind: 'POLICY', country: 'HN' }] } as Entry
    const seen = await wasAllowed(await write('wrong', gateway, [[request], ENOUGH]), request.id)
    expect([seen.code, seen.stdout]).toEqual([1, expect.stringMatching(/DOES NOT HOLD/)])
    const found = await wasAllowed(await write('wrong-unseen', gateway, [[request], TOO_FEW]), request.id)
    expect(found.stdout).toMatch(/Case\.id: .*\n.*\nCOULD NOT TELL: by this entry it was decided wrongly, but/)
    expect(found.stdout).not.toMatch(/DOES NOT HOLD/)
    expect(found.stderr).toMatch(
      /could not tell: .* expected a quorum of witnesses for its first 1 entries; came one for 0/,
    )
    expect(found.code).toBe(2)
  })

  it('was not decided rightly if it names the rules of another country, which may be looser', async () => {
    const keep = await createKeeper(join(folder, 'kept'))
    const text = JSON.stringify({ country: 'GT', taskForces: [], policySet: rules.policySet, sdl: {} })
    const request = requestAt(-60)
    const access = await keep(text)
    const forged = { ...request, legs: request.legs.map((leg) => ({ ...leg, access })) }
    const found = await wasAllowed(await write('others-rules', gateway, [[forged], ENOUGH]), request.id)
    expect([found.code, found.stdout]).toEqual([
      1,
      expect.stringMatching(/HN \w+: the entry names the rules of GT\n.*DOES NOT HOLD/),
    ])
  })

  it('was not decided rightly by rules that were no longer in force, which may have been looser', async () => {
    const keep = await createKeeper(join(folder, 'kept'))
    const taskForces = [
      {
        id: 'jtf-2099-01',
        notAfter: '2099-12-31',
        members: [{ issuer: 'GT', agencies: ['GT-PNC'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }],
      },
    ]
    const { policySet } = rules
    const newer = await keep(JSON.stringify({ country: 'HN', taskForces, policySet, sdl: {} }))
    const served = (minute: number, access: string): Entry => {
      const timeMs = NOW_MS + minute * MINUTE_MS
      const countries = [{ country: 'HN', access, policySet }]
      return {
        ...{
          v: 1,
          kind: 'graph',
          id: idAt(timeMs, 3),
          time: new Date(timeMs).toISOString(),
          graph: rules.graph,
          countries,
        },
        ...{ gateway: SAMPLE_REQUEST.gateway, result: 'SERVED', code: null },
      }
    }
    const named = (request: EntryOf<'request'>, access: string): EntryOf<'request'> => {
      return { ...request, legs: request.legs.map((leg) => ({ ...leg, access })) }
    }
    const [before, underWay, after, right] = [-130, -95, -60, -50].map((minute) => requestAt(minute)) as [
      EntryOf<'request'>,
      EntryOf<'request'>,
      EntryOf<'request'>,
      EntryOf<'request'>,
    ]
    const entries = [served(-200, rules.access), before, served(-100, newer), underWay, after, named(right, newer)]
    const log = await write('older-rules', gateway, [entries, ENOUGH])
    for (const { id } of [before, underWay, right]) expect((await wasAllowed(log, id)).code).toBe(0)
    const found = await wasAllowed(log, after.id)
    expect([found.code, found.stdout]).toEqual([
      1,
      expect.stringMatching(/HN \w+: the entry names rules that were not in force; the log has [0-9a-f]{64} since /),
    ])
    expect(found.stdout).toContain(newer)
  })

  it('was not allowed for sure if it was added to what the witnesses saw, and is not missing for sure', async () => {
    const [old, added] = [requestAt(-60), requestAt(-1)]
    const log = await write('added', gateway, [[old], ENOUGH], [[added], TOO_FEW])
    expect((await wasAllowed(log, old.id)).code).toBe(0)
    expect(await wasAllowed(log, added.id)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/for its first 2 entries; came one for 1/),
    })
    // A minute is what witnesses may need.
    const missing = requestAt(-30).id
    expect(await wasAllowed(log, missing)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/has no entry [^\n]*\nNote: .* a quorum cosigned 1 entries at .*; 1 came later\./),
    })
    const late = await write('late', gateway, [[old], ENOUGH], [[requestAt(90)], []])
    expect(await wasAllowed(late, missing)).toMatchObject({ code: 2, stdout: '' })
    expect(await wasAllowed(['--log', 'unseen', '--policy', 'policy'], missing)).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('who saw a record', () => {
  const whoSaw = (log: readonly string[]) => audit('who-saw', RECORD, ...log, '--keys', 'refs.json')
  const other = pseudonymOf('record', 'HN:P-000078', keys)

  it('is sure only of what a quorum has cosigned: that somebody did, and that nobody did', async () => {
    const seen = await whoSaw(await write('hn-seen', hn, [legAt(-60), ENOUGH]))
    expect([seen.code, seen.stdout]).toEqual([0, expect.stringMatching(/GT-MP-FECO analyst/)])
    expect(await whoSaw(await write('hn-nobody', hn, [legAt(-60, other), ENOUGH]))).toMatchObject({
      code: 1,
      stdout: `Nobody received ${RECORD}.\n`,
    })
    const forged = await whoSaw(await write('hn-forged', hn, [legAt(-60), TOO_FEW]))
    expect(forged).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/could not tell: istmo\.example\/hn: expected/),
    })
    const cleaned = await whoSaw(await write('hn-cleaned', hn, [legAt(-60, other), TOO_FEW]))
    expect([cleaned.code, cleaned.stdout]).toEqual([2, ''])
    expect(cleaned.stderr).toMatch(/expected the quorum of its trust policy; came no checkpoint with enough cosign/)
  })

  it('is not sure of a leg behind what the witnesses saw, and says how many entries await them', async () => {
    const framed = await write('hn-framed', hn, [legAt(-60, other), ENOUGH], [legAt(-1), []])
    expect(await whoSaw(framed)).toMatchObject({ code: 2, stdout: expect.stringMatching(/GT-MP-FECO/) })
    const waiting = await whoSaw(await write('hn-waits', hn, [legAt(-60), ENOUGH], [legAt(-1, other), []]))
    expect([waiting.code, waiting.stdout]).toEqual([0, expect.stringMatching(/Note: .* 2 came later\.\n$/)])
    const stale = await whoSaw(await write('hn-stale', hn, [legAt(-60), ENOUGH], [legAt(90, other), []]))
    expect(stale).toMatchObject({ code: 2, stderr: expect.stringMatching(/a quorum cosigned 2 entries at/) })
  })
})

describe('a search', () => {
  const search = (log: readonly string[], ...what: readonly string[]) => audit('search', '--no-index', ...log, ...what)
  const [FOUND, NONE] = [
    ['--agency', 'GT-MP-FECO'],
    ['--agency', 'GT-PNC'],
  ] as const

  it('of a log is sure only of what a quorum has cosigned', async () => {
    const log = await write('search-seen', gateway, [[requestAt(-60)], ENOUGH])
    expect((await search(log, ...FOUND)).code).toBe(0)
    expect((await search(log, ...NONE)).code).toBe(1)
    const forged = await write('search-forged', gateway, [[requestAt(-60)], TOO_FEW])
    const found = await search(forged, ...FOUND)
    expect(found).toMatchObject({ code: 2, stdout: expect.stringMatching(/GT-MP-FECO/) })
    expect(found.stderr).toMatch(/could not tell: istmo\.example\/gateway: expected a quorum/)
    expect(await search(forged, ...NONE)).toMatchObject({ code: 2, stdout: '' })
  })

  it('is sure of the time that the witnesses saw, also if many entries came later', async () => {
    const added = requestAt(90, 'GT-PNC')
    const log = await write('search-added', gateway, [[requestAt(-60)], ENOUGH], [[added], []])
    expect(await search(log, ...NONE)).toMatchObject({ code: 2, stdout: expect.stringMatching(/GT-PNC/) })
    expect(await search(log, ...FOUND)).toMatchObject({ code: 2 })
    const until = ['--until', new Date(NOW_MS - 30 * MINUTE_MS).toISOString()]
    expect(await search(log, ...FOUND, ...until)).toMatchObject({ code: 0 })
    expect(await search(log, ...NONE, ...until)).toMatchObject({ code: 1, stdout: 'No such entry.\n' })
  })

  it('is not sure of a request of which a part came after what the witnesses saw', async () => {
    const request: Entry = { ...requestAt(-60), continuations: 1 }
    const { id, time, gateway: name, legs } = request
    const part: Entry = {
      ...{ v: 1, kind: 'continuation', id: idAt(NOW_MS, 9), time, of: id, part: 1, gateway: name },
      ...{ legs, denied: [], coordinates: [] },
    }
    const log = await write('search-cut', gateway, [[request], ENOUGH], [[part], []])
    expect(await search(log, ...FOUND)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/for its first 2 entries; came one for 1/),
    })
  })

  it('of an index demands what was cosigned when the index was filled, for entries, counts and patterns', async () => {
    const indexed = async (name: string, log: readonly string[]) => {
      await auditHere(['index', ...log, '--db', name], folder)
      return (...what: readonly string[]) => audit('search', '--db', name, ...what)
    }
    const log = await write('index-seen', gateway, [[requestAt(-60)], ENOUGH])
    const seen = await indexed('db-seen', log)
    expect((await seen(...FOUND)).code).toBe(0)
    expect((await seen(...NONE)).code).toBe(1)
    expect((await seen('--count-by', 'agency')).code).toBe(0)
    const forged = await indexed('db-forged', await write('index-forged', gateway, [[requestAt(-60)], TOO_FEW]))
    expect(await forged(...FOUND)).toMatchObject({ code: 2, stdout: expect.stringMatching(/GT-MP-FECO/) })
    expect(await forged(...NONE)).toMatchObject({ code: 2, stdout: '' })
    expect(await forged('--count-by', 'agency')).toMatchObject({ code: 2 })
    expect(await forged('--pattern', 'MANY_PERSONS')).toMatchObject({ code: 2 })
    // What came later is in the next run of `index`.
    await write('index-seen', gateway, [[requestAt(-1, 'GT-PNC')], []])
    await indexed('db-seen', log)
    expect(await seen(...NONE)).toMatchObject({ code: 2, stderr: expect.stringMatching(/for its first 2 entries/) })
    expect(await seen(...FOUND)).toMatchObject({ code: 0, stdout: expect.stringMatching(/Note: .* 1 came later/) })
  })

  it('of an index that an earlier version filled cannot tell until `index` has run once more', async () => {
    const log = await write('index-old', gateway, [[requestAt(-60)], ENOUGH])
    await auditHere(['index', ...log, '--db', 'db-old'], folder)
    const db = await openIndexDatabase(join(folder, 'db-old'))
    for (const column of ['needs_quorum', 'witnessed', 'witnessed_ms'])
      await db.query(`alter table followed drop column ${column}`)
    await db.close()
    const old = await audit('search', '--db', 'db-old', ...FOUND)
    expect(old.stderr).toMatch(/does not know what a quorum has cosigned; `istmo audit index` adds it/)
    expect(old.code).toBe(2)
    await auditHere(['index', ...log, '--db', 'db-old'], folder)
    expect((await audit('search', '--db', 'db-old', ...FOUND)).code).toBe(0)
  })
})
