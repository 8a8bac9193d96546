import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aContext, aParticipant } from '../testing.ts'
import { createEngine } from './engine.ts'

/** A flood of documents of 20 KB that each come once. Each would take some megabytes in a cache that counted documents. */
const MAX_CACHE_BYTES = 24 * 2 ** 20
const DOCUMENTS = 24

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** Makes a document of about 20 KB that is like no other. */
function documentOf(number: number): string {
  const fields = Array.from({ length: 45 }, (_, i) => {
    const key = `k${number}_${i}`
    const person = `id sex birthDate n${key}: names { full category } same${key}: sameAs { id country names { full } }`
    const cases = `cases(first: 2) { edges { node { id court status participants(first: 1) { edges { cursor } } } } }`
    return `${key}: person(id: "GT:${key}") { ${person} ${cases} # ${'x'.repeat(200)}\n}`
  })
  return `{ ${fields.join('\n')} }`
}

it('different documents in any number take no more memory than the caches may, and drop nothing that comes often', async () => {
  const engine = createEngine({
    supergraphSdl: OPEN_SUPERGRAPH_SDL,
    participants: [aParticipant('GT'), aParticipant('HN')],
    subgraphDefaults: { deadlineMs: 1_000, maxAnswerBytes: 1_000 },
    sendLeg: async () => ({ kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } }),
    maxCacheBytes: MAX_CACHE_BYTES,
  })
  const ask = async (source: string): Promise<unknown> => {
    const read = await engine.readDocument(source, aContext())
    if (read.kind !== 'valid') throw new Error(`expected a valid document; came ${JSON.stringify(read.errors[0])}`)
    await engine.execute({ document: read.document, source, operationName: undefined, variables: {} }, aContext())
    return read.document
  }
  const hot = '{ person(id: "GT:1") { id names { full } } }'
  await ask(hot)
  const document = await ask(hot)
  expect(documentOf(1).length).toBeGreaterThan(19_000)

  for (let i = 0; i < 4; i++) await ask(documentOf(i))
  const before = heapBytes()
  for (let i = 4; i < DOCUMENTS; i++) await ask(documentOf(i))
  expect(heapBytes() - before).toBeLessThan(MAX_CACHE_BYTES)
  expect(engine.cachedBytes()).toBeGreaterThan(0)
  expect(engine.cachedBytes()).toBeLessThanOrEqual(MAX_CACHE_BYTES)
  expect(await ask(hot)).toBe(document)
}, 240_000)
