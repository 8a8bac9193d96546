import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'graphql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeeper, type KeepFile } from '../../audit/content-store/content-store.ts'
import { normaliseDocument, printNormalised } from '../../contract/audit-log/document.ts'
import { createDocumentKeeper } from './keep-documents.ts'
import { CALLER } from './testing.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-documents-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A document of about 20 KB, with other fields for each number. */
const large = (at: number) =>
  parse(`{ ${Array.from({ length: 600 }, (_, each) => `field_${at}_${each}_${'x'.repeat(20)}`)} }`)

/** A keeper that counts what it writes. `nowMs` may be changed. */
async function createCounted(clock = { nowMs: 0 }, keep?: KeepFile) {
  const writeFile = await createKeeper(folder)
  const written: string[] = []
  const errors: unknown[] = []
  const store = keep ?? writeFile
  const document = createDocumentKeeper({
    folder,
    keep: async (text) => {
      written.push(text)
      // The budget does not depend on the disk, and a thousand files take seconds.
      return text.length > 10_000 ? 'not written' : store(text)
    },
    now: () => clock.nowMs,
    onError: (error) => errors.push(error),
  })
  return { document, written, errors }
}

describe('the keeper of documents', () => {
  it('has the text of a document on the disk, under the hash in the entry, when it says so; it writes it once', async () => {
    const { document, written } = await createCounted()
    const asked = parse('{ persons(name: "Ana Secreta") { id } }')
    expect(await Promise.all([document(asked, CALLER), document(asked, CALLER)])).toEqual([true, true])
    const again = parse('{ persons(name: "Eva") { id } }')
    expect(await document(again, CALLER)).toBe(true)
    expect(written).toHaveLength(1)
    const text = await readFile(join(folder, normaliseDocument(asked).hash), 'utf8')
    expect(text).toBe(printNormalised(again))
    // After a restart nobody remembers it, but the file is there.
    const later = await createCounted()
    expect(await later.document(asked, CALLER)).toBe(true)
    expect(later.written).toEqual([])
  })

  it('keeps at most 1 MiB an hour of a caller who sends ever new documents, and still those of others', async () => {
    const clock = { nowMs: 0 }
    const { document, written } = await createCounted(clock)
    const kept = []
    for (let at = 0; at < 200; at++) kept.push(await document(large(at), CALLER))
    const bytes = () => written.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    expect(kept.filter(Boolean).length).toBeGreaterThan(10)
    expect(kept.at(-1)).toBe(false)
    expect(bytes()).toBeLessThanOrEqual(1024 * 1024)
    expect(await document(large(1_000), { ...CALLER, subject: 'another' })).toBe(true)
    clock.nowMs += 3_600_000
    expect(await document(large(199), CALLER)).toBe(true)
  })

  it('keeps at most 16 MiB an hour of all callers', async () => {
    const clock = { nowMs: 0 }
    const { document, written } = await createCounted(clock)
    for (let at = 0; at < 1_100; at++) await document(large(at), { ...CALLER, subject: `officer ${at % 100}` })
    const bytes = written.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    expect(bytes).toBeLessThanOrEqual(16 * 1024 * 1024)
    expect(bytes).toBeGreaterThan(15 * 1024 * 1024)
    const late = { ...CALLER, subject: 'late' }
    expect(await document(large(2_000), late)).toBe(false)
    clock.nowMs += 3_600_000
    expect(await document(large(2_000), late)).toBe(true)
  })

  it('spends nothing of the hour on what the disk did not take', async () => {
    let isFull = true
    const full = async (): Promise<string> => (isFull ? Promise.reject(new Error('no space left')) : 'stored')
    const { document } = await createCounted({ nowMs: 0 }, full)
    // Some 9 KB, so that more than 1 MiB are tried.
    const asked = parse(`{ ${Array.from({ length: 250 }, (_, each) => `field_${each}_${'x'.repeat(20)}`)} }`)
    for (let time = 0; time < 150; time++) expect(await document(asked, CALLER)).toBe(false)
    isFull = false
    expect(await document(asked, CALLER)).toBe(true)
  })

  it('says no if the disk cannot take it, reports the error, and tries again the next time', async () => {
    let isFull = true
    const keep = await createKeeper(folder)
    const full = async (text: string) => (isFull ? Promise.reject(new Error('no space left')) : keep(text))
    const { document, errors } = await createCounted({ nowMs: 0 }, full)
    const asked = parse('{ persons { id } }')
    expect(await document(asked, CALLER)).toBe(false)
    expect(errors).toHaveLength(1)
    isFull = false
    expect(await document(asked, CALLER)).toBe(true)
  })
})
