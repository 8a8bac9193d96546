import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parsePolicy } from '../../audit/note/policy.ts'
import { readBounded } from '../../service/http/read-bounded.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import type { AreaFinding } from '../check/finding.ts'
import { noteOf, reasonOf } from './finding.ts'
import type { NodePlace } from './node-place.ts'

const note = noteOf('reach')

/** How long the witness may take, in milliseconds. */
const DEADLINE_MS = 5_000

/** How much of an answer is read, in bytes: a verifier key. */
const MAX_BYTES = 1_000

/**
 * Asks the country’s own witness, at the address that partners have of it, whether it answers with the key that they have. The address is in the bundle of
 * the folder that `istmo join` made; a node without such a bundle has nothing to ask. What the witness has cosigned, the authorities say (check-proofs.ts).
 * @param isMissed whether a partner lacks a proof already: then its officers get no answer while the witness is away.
 */
export async function checkWitness(
  { config: { country }, folder }: Pick<NodePlace, 'config' | 'folder'>,
  isMissed: boolean,
): Promise<readonly AreaFinding[]> {
  const file = join(folder, 'bundle', country, 'witness.policy')
  const line = await readFile(file, 'utf8').catch(() => null)
  if (line === null) return []
  let place = file
  try {
    const [witness] = parsePolicy(`${line}quorum none\n`).witnesses
    if (witness?.url === undefined) throw new Error('expected the line of a witness with its address')
    place = witness.url
    const url = new URL('vkey', place.endsWith('/') ? place : `${place}/`)
    const response = await createTrustedFetch()(url, { signal: AbortSignal.timeout(DEADLINE_MS), redirect: 'error' })
    const text = (await readBounded(response, MAX_BYTES, 'a verifier key')).trim()
    if (response.status !== 200) throw new Error(`status ${response.status}`)
    if (text === witness.verifier.vkey) return [note('WITNESS_REACHED', place)]
    return [note('WITNESS_OTHER', place, text.slice(0, 200))]
  } catch (error) {
    const { cause } = error as { readonly cause?: unknown }
    return [{ ...note('WITNESS_UNREACHED', place, reasonOf(cause ?? error)), severity: isMissed ? 'error' : 'warning' }]
  }
}
