/** The used proofs of several workers that share a database. */
import { join } from 'node:path'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { expect, it } from 'vitest'
import { writeLegKey } from '../../demo/keys.ts'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import { ask } from '../tokens/ask.ts'
import { createPlace } from '../tokens/gateway-process.ts'
import { claimsOf, createProvider, proveWith, signAs } from '../tokens/identity-provider.ts'

// Two processes cannot share the embedded PostgreSQL, so only the tests on a server ask anything here.
it('a proof is used up at each worker once one of them has accepted it, if the environment names a server', async () => {
  const database = await openEmptyDatabase()
  if (database.url !== undefined) {
    const place = await createPlace()
    const provider = await createProvider('GT', place.folder)
    const legKey = join(place.folder, 'leg.json')
    await writeLegKey(legKey, join(place.folder, 'leg-jwks.json'))
    const gateway = await place.start(
      ...['--issuers', await place.writeIssuers([provider.entry]), '--leg-key', legKey],
      ...['--workers', '2', '--shared-database', database.url],
    )
    const sender = await generateKeyPair('ES256', { extractable: true })
    const jkt = await calculateJwkThumbprint(await exportJWK(sender.publicKey))
    const token = await signAs(provider, { ...claimsOf(provider), cnf: { jkt } })
    const proved = { token, method: 'POST', url: `${gateway.url}/graphql` }
    // A connection of its own for each, so that both workers get some of them.
    const send = (dpop: string) => {
      return ask(gateway.url, { authorization: `DPoP ${token}`, dpop, connection: 'close' })
    }
    const { nonce } = await send(await proveWith(sender, proved))
    const proof = await proveWith(sender, { ...proved, nonce: nonce ?? '' })
    const codes = (await Promise.all(Array.from({ length: 24 }, () => send(proof)))).map(({ code }) => code)
    expect(codes.toSorted()).toEqual([...Array(23).fill('PROOF_INVALID'), 'accepted'])
    await place.remove()
  }
  await database.close()
})
