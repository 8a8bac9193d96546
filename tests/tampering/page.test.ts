import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { INDEX_CASES } from './cases/index-rows.ts'
import { PROOF_CASES } from './cases/proofs.ts'
import { ALL_CASES } from './cases.ts'
import { formatPage } from './page.ts'

const PAGE = join(fileURLToPath(new URL('../../', import.meta.url)), 'docs/tampering.md')

describe('docs/tampering.md', () => {
  it('says what the cases say; ISTMO_UPDATE_TAMPERING=1 writes it anew', async () => {
    if (process.env.ISTMO_UPDATE_TAMPERING === '1') await writeFile(PAGE, formatPage())
    expect(await readFile(PAGE, 'utf8')).toBe(formatPage())
  })

  it('has more than a hundred cases, and no title twice', () => {
    const titles = [...ALL_CASES, ...PROOF_CASES, ...INDEX_CASES].map(({ title }) => title)
    expect(titles.length).toBeGreaterThan(100)
    expect(new Set(titles).size).toBe(titles.length)
  })
})
