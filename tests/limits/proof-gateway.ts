/** Gateways that check the DPoP proofs of a client, and share in a database which of them were used. */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { CompactSign, type JWK } from 'jose'
import type { SharedDatabase } from '../../gateway/admit/shared-buckets.ts'
import { openSharedReplays } from '../../gateway/admit/shared-replays.ts'
import { checkKeyProof, createNonces } from '../../service/authenticate/dpop-proof.ts'

const ADDRESS = 'https://istmo.example'

/** What of a gateway checks proofs. */
export interface ProofGateway {
  /** Returns the nonce that it demands now. */
  readonly nonce: () => string
  /** Resolves to `accepted`, or to the code of the error. */
  readonly check: (proof: string) => Promise<unknown>
  /** Notes the use of an id directly, as a proof of now would be. */
  readonly note: (id: string) => Promise<boolean>
  /** By the clock of the database. */
  readonly clock: () => Promise<number>
}

/** A client with a key. */
export interface ProofClient {
  readonly prove: (nonce: string) => Promise<string>
}

/** Opens a gateway on the shared database. @param now its clock, in milliseconds since the epoch. */
export async function openProofGateway(database: SharedDatabase, now: () => number = Date.now): Promise<ProofGateway> {
  const replays = await openSharedReplays(database, { onFailure: () => undefined })
  const nonces = createNonces(() => now() / 1_000, replays.nonceKey)
  const world = { publicUrl: () => ADDRESS, replays, nonces, now }
  return {
    nonce: nonces.current,
    note: (id) => replays.noteFirstUse(id, now() / 1_000 + 65),
    clock: replays.clock,
    check: (proof) =>
      checkKeyProof(
        { proofs: [proof], method: 'POST', path: '/graphql' },
        { ath: null, keyThumbprint: null },
        world,
      ).then(
        () => 'accepted',
        (error: { readonly code?: unknown }) => error.code,
      ),
  }
}

/** Makes a client with a new key. */
export async function newProofClient(): Promise<ProofClient> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' }) as JWK
  return {
    prove(nonce) {
      const iat = Math.floor(Date.now() / 1_000)
      const claims = { jti: randomUUID(), htm: 'POST', htu: `${ADDRESS}/graphql`, iat, nonce }
      return new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
        .sign(privateKey)
    },
  }
}
