import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Issuer } from '../../service/authenticate/issuer.ts'
import { readAuthorities } from './authorities.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-authorities-'))
})
afterAll(() => rm(folder, { recursive: true }))

const issuer = (authority?: Issuer['authority']): Issuer =>
  ({ issuer: 'https://authority.gt.example', ...(authority && { authority }) }) as Issuer

describe('the authorities that a gateway asks', () => {
  it('are the issuers that say where they exchange tokens, with the certificates that know their servers', async () => {
    const ca = join(folder, 'gt.pem')
    await writeFile(ca, 'certificates')
    const asked = { token: 'https://authority.gt.example/token', client: 'gateway-1' }
    expect(await readAuthorities([issuer(), issuer(asked), issuer({ ...asked, ca })])).toEqual([
      { issuer: 'https://authority.gt.example', tokenEndpoint: new URL(asked.token), client: 'gateway-1', trust: {} },
      {
        ...{ issuer: 'https://authority.gt.example', tokenEndpoint: new URL(asked.token), client: 'gateway-1' },
        trust: { ca: 'certificates' },
      },
    ])
  })

  it('are not read without their certificates', async () => {
    const ca = join(folder, 'none.pem')
    await expect(readAuthorities([issuer({ token: 'https://a.example', client: 'g', ca })])).rejects.toThrow(ca)
  })
})
