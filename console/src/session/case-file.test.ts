import { describe, expect, it } from 'vitest'
import { textToBase64Url } from '../../../clients/base64url.ts'
import { disclose } from '../../../contract/trust/sd-jwt.ts'
import { isCaseOf, readCaseFile } from './case-file.ts'

const ID = 'GT:MP001-2026-1234'
const { disclosure, digest } = disclose('case', ID)

/** A file as `istmo mandates draft` writes it. */
const write = (file: unknown): string => `${JSON.stringify(file)}\n`

describe('readCaseFile', () => {
  it('reads the file that comes with a mandate of one case', () => {
    expect(readCaseFile(write({ case: ID, disclosure }))).toEqual({ id: ID, disclosure })
  })

  it.each([
    ['the mandate itself', write({ payload: 'e30', signatures: [] })],
    ['a disclosure without the file around it', disclosure],
    ['a file that names another case than its disclosure', write({ case: 'GT:MP001-2026-9', disclosure })],
    ['a disclosure of another claim', write({ case: ID, disclosure: disclose('countries', ID).disclosure })],
    ['a disclosure that is too short', write({ case: ID, disclosure: textToBase64Url('["case"]') })],
    ['null', 'null'],
    ['nothing', ''],
  ])('does not take %s', (_, text) => {
    expect(readCaseFile(text)).toBe(null)
  })
})

describe('isCaseOf', () => {
  it('knows the case of a mandate by its digest, and no other', async () => {
    const disclosed = { id: ID, disclosure }
    expect(await isCaseOf({ caseDigest: digest }, disclosed)).toBe(true)
    expect(await isCaseOf({ caseDigest: disclose('case', ID).digest }, disclosed)).toBe(false)
    expect(await isCaseOf({ caseDigest: null }, disclosed)).toBe(false)
  })
})
