import { parseVerifierKey } from '../../audit/note/key.ts'
import type { CallerPartner } from '../../service/country-file-callers.ts'
import { checkWitnessed, WITNESSED, WITNESSED_PATH, type Witnessed } from '../../service/trust/mandate-proof.ts'
import type { AreaFinding } from '../check/finding.ts'
import { askJson, causeOf } from './ask-json.ts'
import { noteOf, reasonOf } from './finding.ts'

const note = noteOf('reach')

/** How long the newest entries of an authority's log may wait for a cosignature, in milliseconds: an authority asks its witnesses each second. */
const MAX_WAIT_MS = 600_000

/**
 * Asks each authority whose officers the country believes what the country's witnesses have cosigned of its log. A node believes a mandate only with such a
 * cosignature, so without one it answers no officer of that authority, however well everything else works.
 * @param now milliseconds since the epoch.
 */
export function checkProofs(country: string, callers: readonly CallerPartner[], now: number): Promise<AreaFinding[]> {
  return Promise.all(callers.map((caller) => checkProof(country, caller, now)))
}

async function checkProof(country: string, partner: CallerPartner, now: number): Promise<AreaFinding> {
  const { authority, log, witnesses } = partner
  try {
    const said = await askAuthority(country, partner)
    if (said === null) return note('PROOF_UNKNOWN', authority)
    if (!said.witnesses.some((vkey) => witnesses.includes(vkey))) return note('PROOF_UNLISTED', authority, country)
    if (said.checkpoint === null) return note('PROOF_NONE', authority)
    const trust = { log: parseVerifierKey(log), witnesses: witnesses.map(parseVerifierKey) }
    const { checkpoint, quorumTime } = checkWitnessed(said.checkpoint, trust)
    if (quorumTime === undefined) return note('PROOF_NONE', authority)
    const isOld = checkpoint.size < said.size && now - quorumTime * 1_000 > MAX_WAIT_MS
    if (!isOld) return note('PROOF_GIVEN', authority, checkpoint.size)
    return note('PROOF_OLD', authority, checkpoint.size, said.size, new Date(quorumTime * 1_000).toISOString())
  } catch (error) {
    return note('PROOF_WRONG', authority, reasonOf(causeOf(error)))
  }
}

/** Returns what the authority says; null if it is of an earlier version and says nothing. */
async function askAuthority(country: string, { authority, jwks, tls }: CallerPartner): Promise<Witnessed | null> {
  // The key set is at the address under which the authority is reached, which may differ from its name.
  const url = new URL(WITNESSED_PATH, /^https?:/i.test(jwks) ? jwks : authority)
  url.searchParams.set('country', country)
  const { status, body } = await askJson(url, tls)
  if (status === 404) return null
  const read = WITNESSED.safeParse(body)
  if (status !== 200 || !read.success) throw new Error(`status ${status}`)
  return read.data
}
