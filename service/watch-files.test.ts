import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchFiles } from './watch-files.ts'

const soon = { timeout: 20_000, interval: 20 }

let root: string
let changes: number
let unwatch: () => void
const logged: string[] = []

const count = (): void => {
  changes += 1
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'istmo-watch-'))
  changes = 0
  logged.length = 0
  await mkdir(join(root, 'countries'))
  await mkdir(join(root, 'graph'))
  await writeFile(join(root, 'graph/super.graphql'), 'a')
  const watched = { file: join(root, 'graph/super.graphql'), folder: join(root, 'countries') }
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) })
  unwatch = watchFiles(watched, count, log)
})
afterEach(async () => {
  unwatch()
  await rm(root, { recursive: true })
})

/** Does something, and waits until the watch notices it. */
async function noticed(act: () => Promise<unknown>): Promise<void> {
  const before = changes
  await act()
  await vi.waitFor(() => expect(changes).toBeGreaterThan(before), soon)
}

const put = (path: string) => writeFile(join(root, path), randomUUID())

it('notices files in the folder, and a new file that replaces the old one', async () => {
  await noticed(() => put('countries/HN.yaml'))
  await noticed(() => rm(join(root, 'countries/HN.yaml')))
  await put('graph/super.new')
  await noticed(() => rename(join(root, 'graph/super.new'), join(root, 'graph/super.graphql')))
})

it.each(['countries', 'graph'])('continues when the folder %s is removed and created again', async (folder) => {
  for (let round = 0; round < 3; round += 1) {
    await noticed(() => rm(join(root, folder), { recursive: true }))
    await noticed(async () => {
      await mkdir(join(root, folder))
      await put(`${folder}/super.graphql`)
    })
    // This waits for a later file in the folder, not for the creation of the folder.
    await noticed(() => put(`${folder}/super.graphql`))
  }
  expect(logged).toEqual([])
})

it('continues when another folder replaces the folder', async () => {
  await mkdir(join(root, 'next'))
  await noticed(async () => {
    await rename(join(root, 'countries'), join(root, 'former'))
    await rename(join(root, 'next'), join(root, 'countries'))
  })
  await noticed(() => put('countries/HN.yaml'))
})

it('notices files in the folders of countries, also in one that comes later', async () => {
  await noticed(() => mkdir(join(root, 'countries/HN')))
  await noticed(() => put('countries/HN/HN.yaml'))
  await mkdir(join(root, 'next/NI'), { recursive: true })
  await noticed(async () => {
    await rename(join(root, 'countries'), join(root, 'former'))
    await rename(join(root, 'next'), join(root, 'countries'))
  })
  await noticed(() => put('countries/NI/NI.cedar'))
})

it('continues when a link points to another folder', async () => {
  unwatch()
  for (const version of ['one', 'two']) await mkdir(join(root, version))
  await symlink(join(root, 'one'), join(root, 'current'))
  const watched = { file: join(root, 'graph/super.graphql'), folder: join(root, 'current') }
  unwatch = watchFiles(watched, count, pino({ level: 'silent' }))
  await noticed(async () => {
    await symlink(join(root, 'two'), join(root, 'other'))
    await rename(join(root, 'other'), join(root, 'current'))
  })
  await noticed(() => put('two/HN.yaml'))
})

it('notices nothing after its end', async () => {
  unwatch()
  await put('countries/HN.yaml')
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(changes).toBe(0)
})
