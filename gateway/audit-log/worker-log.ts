/** The name of the log of one of several workers of a gateway, and of the gateway itself. */
import { type NoteSigner, parseVerifierKey, renameVerifier } from '../../audit/note/key.ts'
import { workerSigner } from '../../audit/note/shard-name.ts'
import { workerHome } from '../../audit/shards/places.ts'

/** Returns the home of a worker's log below that of the gateway. */
export const homeOfWorker = workerHome

/** Returns the signer of a worker's log: the gateway's key under the log's own name. Without a worker it is the gateway's. */
export function signerOf(signer: NoteSigner, worker: { readonly number: number } | undefined): NoteSigner {
  return worker === undefined ? signer : workerSigner(signer, worker.number)
}

/** Returns the verifier key of the gateway, which trust policies name, from that of its worker's log. */
export function vkeyOfGateway(vkey: string, worker: { readonly number: number } | undefined): string {
  if (worker === undefined) return vkey
  const verifier = parseVerifierKey(vkey)
  return renameVerifier(verifier, verifier.name.slice(0, -`/${worker.number}`.length)).vkey
}
