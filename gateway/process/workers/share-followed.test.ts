import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { shareFollowed } from './share-followed.ts'

const made: string[] = []
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-followed-'))
  made.push(folder)
})
afterAll(() => Promise.all(made.map((each) => rm(each, { recursive: true }))))

/** Writes what the process of a folder has heard of a feed, at a time in seconds. */
async function hear(place: string, feed: string, text: string, atS: number): Promise<void> {
  const path = join(folder, place, 'followed', feed)
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'statements.jsonl'), text)
  await utimes(join(path, 'statements.jsonl'), atS, atS)
}

const heard = (place: string, feed: string): Promise<string | null> =>
  readFile(join(folder, place, 'followed', feed, 'statements.jsonl'), 'utf8').catch(() => null)

describe('what is known of feeds', () => {
  it('goes from one process to each worker', async () => {
    await hear('.', 'hn', 'old', 1)
    await shareFollowed(folder, 2)
    expect([await heard('workers/1', 'hn'), await heard('workers/2', 'hn')]).toEqual(['old', 'old'])
  })

  it('goes back to one process from the worker that wrote last, feed by feed', async () => {
    await hear('.', 'hn', 'old', 1)
    await hear('workers/1', 'hn', 'newest', 3)
    await hear('workers/2', 'hn', 'newer', 2)
    await hear('workers/2', 'gt', 'only here', 1)
    await shareFollowed(folder, 0)
    expect([await heard('.', 'hn'), await heard('.', 'gt')]).toEqual(['newest', 'only here'])
    expect(await heard('workers/2', 'hn')).toBe('newer')
  })

  it('goes to a worker that was not there for a while, and from one that is not there any more', async () => {
    await hear('workers/1', 'hn', 'old', 1)
    await hear('workers/3', 'hn', 'newest', 2)
    await shareFollowed(folder, 2)
    expect([await heard('workers/1', 'hn'), await heard('workers/2', 'hn')]).toEqual(['newest', 'newest'])
  })

  it('is nothing where nothing was followed', async () => {
    await shareFollowed(folder, 2)
    expect(await heard('workers/1', 'hn')).toBeNull()
  })
})
