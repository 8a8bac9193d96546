import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPartitions } from './partitions.ts'
import { createBaselineWriter, readBaseline } from './reconcile/listing.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-lines-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Texts in which some signs end a line for one reader and not for another. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.string({ unit: fc.constantFrom('\u2028', '\u2029', '\u0085', '\r', '\n', 'a'), maxLength: 10 }),
)
const LOGS = { gateway: 'istmo.example/gw', country: 'istmo.example/hn' }

async function collect<Value>(values: AsyncIterable<Value>): Promise<readonly Value[]> {
  const all: Value[] = []
  for await (const value of values) all.push(value)
  return all
}

describe('what a comparison of logs keeps in files is read as it was written:', () => {
  it('a baseline, with what a person wrote into it', async () => {
    const known = fc.record(
      { class: fc.constant('COUNTRY_ONLY' as const), requestId: fc.option(text), key: text, why: text },
      { requiredKeys: ['class', 'requestId', 'key'] },
    )
    const path = join(folder, 'baseline')
    await fc.assert(
      fc.asyncProperty(fc.array(known, { maxLength: 5 }), async (all) => {
        const writer = await createBaselineWriter(path, LOGS)
        for (const each of all) await writer.add({ ...each, timeMs: 0, fields: [], what: '' }, each)
        await writer.finish()
        await writer.close()
        expect(await collect(readBaseline(path, LOGS))).toEqual(all)
      }),
      { numRuns: 20 },
    )
  })

  it('the records of logs that are larger than the memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (all) => {
        const partitions = await createPartitions<{ readonly text: string }>(all.length, 1)
        try {
          for (const each of all) await partitions.add(each, { text: each })
          const read = (await collect(partitions.parts())).flat().map((each) => each.text)
          expect([...read].sort()).toEqual([...all].sort())
        } finally {
          await partitions.close()
        }
      }),
      { numRuns: 20 },
    )
  })
})
