import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { readDemoConfig } from '../config.ts'
import { fillCountry } from './fill.ts'
import type { Processes, ProgramSpec } from './processes.ts'

let home: string
let marker: string
const ran: string[] = []

/** Children that only say that they have filled a database. */
const processes = {
  run: async ({ name, onMessage }: ProgramSpec) => {
    ran.push(name)
    onMessage?.({ filled: { summary: '5 made-up cases', hasRecords: true } })
  },
} as Processes

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-fill-'))
  await mkdir(join(home, 'data/GT'), { recursive: true })
  marker = join(home, 'data/GT/istmo-filled.json')
})
afterAll(() => rm(home, { recursive: true, force: true }))
beforeEach(() => {
  ran.length = 0
})

const fill = () => {
  const config = readDemoConfig({ ISTMO_HOME: home, ISTMO_DATA: home })
  return fillCountry({ config, options: { persons: 5 }, processes, onProgress: () => undefined }, 'GT')
}

it('fills a database once, and does not open it again while nothing has changed', async () => {
  expect(await fill()).toEqual({ summary: '5 made-up cases', hasRecords: true })
  expect(await fill()).toEqual({ summary: '5 made-up cases', hasRecords: true })
  expect(ran).toEqual(['GT-fill'])
})

it('fills the folder of an older version again, although its options and files are the same', async () => {
  const { from, filled } = JSON.parse(await readFile(marker, 'utf8')) as { from: string; filled: unknown }
  const older = JSON.stringify({ ...JSON.parse(from), code: 'a'.repeat(64) })
  await writeFile(marker, JSON.stringify({ from: older, filled }))
  await fill()
  expect(ran).toEqual(['GT-fill'])
  expect(JSON.parse(await readFile(marker, 'utf8'))).toEqual({ from, filled })
})

it('fills a folder again whose marker it cannot read', async () => {
  await writeFile(marker, JSON.stringify({ from: 7 }))
  await fill()
  expect(ran).toEqual(['GT-fill'])
})
