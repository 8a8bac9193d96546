import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWorld, type World } from '../country-tokens/world.ts'

/** A node reads its country's file again while officers ask, and refuses callers of an authority that it must hear and does not. */

let world: World
let good: Record<string, unknown>

beforeAll(async () => {
  world = await startWorld({
    caller: { revocation: 'required' },
    flagsIn: (folder) => ['--suspensions', join(folder, 'stop-HN')],
  })
  good = JSON.parse(await readFile(join(world.folder, 'HN.yaml'), 'utf8'))
})
afterAll(() => world.close())

const soon = { timeout: 10_000, interval: 50 }
const code = async () => (await world.leg({ proof: await world.authority.mandate.prove() })).code

async function put(text: string): Promise<void> {
  const file = join(world.folder, 'HN.yaml')
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}

describe('an authority that must be heard', () => {
  it('has no callers before it is heard, and has them as soon as it is', async () => {
    expect(await code()).toBe('AUTHORITY_UNAVAILABLE')
    world.authority.suspensions(() => JSON.stringify({ now: Date.now(), statements: [] }))
    await vi.waitFor(async () => expect(await code()).toBeUndefined(), { timeout: 20_000, interval: 100 })
  })
})

describe('the country’s file, changed while the node runs', () => {
  it('takes a task force back without a restart, and is an entry of the log', async () => {
    await put(JSON.stringify({ ...good, taskForces: [] }))
    await vi.waitFor(async () => expect(await code()).toBe('REFUSED_BY_NODE'), soon)
    await put(JSON.stringify(good))
    await vi.waitFor(async () => expect(await code()).toBeUndefined(), soon)
    const read = async () => (await world.entriesOf('HN')).filter(({ kind }) => kind === 'node-rules')
    await vi.waitFor(async () => expect(await read()).toHaveLength(2), { timeout: 15_000, interval: 300 })
    const [closed, open] = await read()
    const start = (await world.entriesOf('HN')).find(({ kind }) => kind === 'node-start')
    expect(open).toMatchObject({ access: (start as { access?: string }).access })
    expect(closed).not.toMatchObject({ access: (start as { access?: string }).access })
  })

  it('takes an authority back, and no longer believes its callers', async () => {
    await put(JSON.stringify({ ...good, callers: [] }))
    await vi.waitFor(async () => expect(await code()).toBe('CALLER_NOT_VERIFIED'), soon)
    await put(JSON.stringify(good))
    await vi.waitFor(async () => expect(await code()).not.toBe('CALLER_NOT_VERIFIED'), soon)
  })

  it.each<readonly [string, () => string]>([
    ['is no YAML', () => 'country: ['],
    ['has a misspelt setting', () => JSON.stringify({ ...good, taskForce: [] })],
    ['is another country’s', () => JSON.stringify({ ...good, country: 'GT' })],
    ['names policies that do not exist', () => JSON.stringify({ ...good, policies: 'none.cedar' })],
  ])('changes nothing if it %s, and the log says it loudly', async (_, text) => {
    const before = world.logged().split('THE COUNTRY’S FILE IS WRONG').length
    await put(text())
    await vi.waitFor(
      () => expect(world.logged().split('THE COUNTRY’S FILE IS WRONG').length).toBeGreaterThan(before),
      soon,
    )
    await vi.waitFor(async () => expect(await code()).toBeUndefined(), soon)
    await put(JSON.stringify(good))
  })
})
