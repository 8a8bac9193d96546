import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Asking, askedFileOf, type OwnPerson, planQuestions, suggestLinks } from './suggest-links.ts'
import { hitsAnswer, outcome, stubGateway } from './testing.ts'

const NOW = Date.parse('2026-11-27T12:00:00Z')
const PERSONS: readonly OwnPerson[] = Array.from({ length: 5 }, (_, at) => ({
  id: `HN:P-${at}`,
  names: [`=Name ${at}`],
  birthDate: '1980-01-01',
  identifiers: [],
}))

let folder: string
let out: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-link-'))
  out = join(folder, 'candidates.csv')
})
afterEach(() => rm(folder, { recursive: true }))

async function run(client: Asking['client'], { atMost = 99, searches = 2 } = {}) {
  const request = { persons: PERSONS, out, atMost, searches, now: () => NOW }
  const plan = await planQuestions(request)
  const asking = { client, grounds: {}, own: 'HN', isReading: false, pauseMs: 1, wait: async () => undefined }
  return suggestLinks(plan, request, asking)
}
const oneHit = (country = 'GT') =>
  hitsAnswer([{ item: 0, country, band: 'STRONG', contactPoint: '+504 1' }], [outcome('GT'), outcome('SV')])
const rows = async () => (await readFile(out, 'utf8')).trim().split('\n')

it('never asks more than the bound, goes on where it stopped, and asks about nobody twice', async () => {
  const gateway = stubGateway(() => oneHit())
  expect(await run(gateway.client, { atMost: 2 })).toMatchObject({ questions: 2, persons: 4, left: 1, candidates: 2 })
  expect(await run(gateway.client, { atMost: 2 })).toMatchObject({ questions: 1, persons: 1, left: 0, candidates: 1 })
  expect(await run(gateway.client)).toMatchObject({ questions: 0, persons: 0 })
  const asked = gateway.came.flatMap(({ variables }) => variables.searches as readonly { readonly name: string }[])
  expect(asked.map(({ name }) => name)).toEqual(PERSONS.map(({ names: [name] }) => name))
  expect(await rows()).toHaveLength(4)
  expect((await rows())[1]).toBe("PERSON,HN:P-0,'=Name 0,GT,STRONG,name and birth date,'+504 1,,,2026-11-27,q-0,,,")
  expect((await stat(out)).mode & 0o777).toBe(0o600)
})

it('asks the countries that did not answer again, and only them', async () => {
  const first = stubGateway(() => hitsAnswer([], [outcome('GT'), outcome('SV', 'UNAVAILABLE')]))
  const { silent } = await run(first.client, { searches: 500 })
  expect([...silent]).toEqual([['SV', 'UNAVAILABLE']])
  const second = stubGateway(() => hitsAnswer([], [outcome('SV')]))
  await run(second.client, { searches: 500 })
  expect(second.came.map(({ variables }) => variables.countries)).toEqual([['SV']])
  expect(await run(second.client)).toMatchObject({ questions: 0 })
})

it('keeps what was asked before the gateway refused', async () => {
  const refused = {
    data: null,
    errors: [{ message: 'The mandate has ended.', extensions: { code: 'MANDATE_NOT_COVERED' } }],
  }
  const gateway = stubGateway((_, at) => (at === 1 ? refused : oneHit()))
  const report = await run(gateway.client)
  expect(report).toMatchObject({ questions: 1, persons: 2, left: 3, stopped: { message: 'The mandate has ended.' } })
  expect(await rows()).toHaveLength(2)
  expect(await run(stubGateway(() => oneHit()).client)).toMatchObject({ persons: 3 })
})

it('keeps what a person wrote between two runs, and a line that an editor left open', async () => {
  await run(stubGateway(() => oneHit()).client, { atMost: 1 })
  const decided = `${(await readFile(out, 'utf8')).trimEnd().replace(/,,,$/, ',yes,Ana Paz,2026-11-27')}`
  await writeFile(out, decided)
  await run(stubGateway(() => oneHit()).client, { atMost: 1 })
  expect(await rows()).toEqual([...decided.split('\n'), expect.stringContaining('HN:P-2')])
})

it('asks again about persons whose last line a crash has cut, and refuses files that are not its own', async () => {
  await run(stubGateway(() => oneHit()).client, { atMost: 1 })
  const asked = await readFile(askedFileOf(out), 'utf8')
  await writeFile(askedFileOf(out), asked.slice(0, 30))
  const again = stubGateway(() => oneHit())
  await run(again.client)
  expect(again.came).toHaveLength(3)
  await writeFile(askedFileOf(out), `nonsense\n${asked}`)
  await expect(run(again.client)).rejects.toThrow('line 1: expected a line that this command wrote')
  await writeFile(out, 'kind;id\n')
  await expect(run(again.client)).rejects.toThrow('--out: expected a file with the columns that this command writes')
  expect(again.came).toHaveLength(3)
})
