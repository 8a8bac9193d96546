import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { runMandates } from '../../cli/mandates/mandates.ts'
import { authorityHomeIn, authorityOf } from '../../demo/authority/authorities.ts'
import { logInOnly } from '../../demo/authority/log-in.ts'
import { homeIn } from '../../demo/home.ts'
import { personKey } from '../../demo/keys.ts'
import { PROFILES, type SignerName } from '../../demo/provider/officers.ts'

/** What a mandate of a test says. The rest is that of the demo's analysts. */
export interface WantedMandate {
  readonly purposes: readonly string[]
  /** The record id of the only case that it is for. */
  readonly caseId?: string
}

/** Mandates that are in force in the demo. */
export interface SignedMandates {
  /** Returns the file that discloses the case of the mandate at this place. There is none if it is for any case. */
  readonly caseFile: (at: number) => string
  /** Revokes them, so that other tests find the demo as it was. */
  readonly end: () => Promise<void>
}

const DAY_MS = 86_400_000

/** Has mandates for the analysts of Guatemala drafted and approved in the demo, by two persons with the commands of `istmo mandates`. */
export async function signMandates(
  world: { readonly home: string; readonly port: number },
  wanted: readonly WantedMandate[],
): Promise<SignedMandates> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-mandates-'))
  const place = authorityHomeIn(homeIn(world.home).authorities, 'GT')
  const openPerson = async (signer: SignerName) => {
    const token = await logInOnly({ profile: signer }, world)
    await writeFile(join(folder, signer), token, { mode: 0o600 })
    const options = ['--key', personKey(place, signer, world.port), '--token', join(folder, signer)]
    return { subject: String(decodeJwt(token).sub), options: [...options, '--authority', place.auditLog] }
  }
  const [drafter, approver] = [await openPerson('drafter'), await openPerson('approver')]
  const documentAt = (at: number): string => join(folder, `${at}.mandate.json`)
  for (const [at, each] of wanted.entries()) {
    const file = join(folder, `${at}.yaml`)
    await writeFile(file, JSON.stringify(writeDraft(each, approver.subject)))
    await run(['draft', file, documentAt(at), ...drafter.options, '--yes'])
    await run(['approve', documentAt(at), ...approver.options, '--yes'])
  }
  return {
    caseFile: (at) => `${documentAt(at)}.case`,
    async end() {
      const options = ['--reason', 'the test is over', ...approver.options, '--yes']
      for (const at of wanted.keys()) await run(['revoke', documentAt(at), ...options])
      await rm(folder, { recursive: true })
    },
  }
}

function writeDraft({ purposes, caseId }: WantedMandate, approver: string): object {
  const { country, issuer, timeZone } = authorityOf('GT')
  const { role, unit, scopes } = PROFILES.analyst
  return {
    ...{ issuer, country, task_force: 'jtf-2026-03', purposes, countries: ['GT', 'HN', 'SV'], scopes },
    ...{ legal_basis: ['UN:XVIII-12#27'], ...(caseId !== undefined && { case: caseId }) },
    ...{ not_after: new Date(Date.now() + 90 * DAY_MS).toISOString().slice(0, 10), time_zone: timeZone },
    ...{ officers: [{ agency: `${country}-MP-${unit}`, role }], approver: { subject: approver } },
  }
}

async function run(args: readonly string[]): Promise<void> {
  let told = ''
  const write = (text: string): unknown => (told += text)
  const io = { out: { write }, err: { write }, now: Date.now, ask: async () => null, witnessPatienceMs: 30_000 }
  const code = await runMandates(args, io)
  if (code !== 0) throw new Error(`expected istmo mandates ${args[0]} to end with 0; came ${code}: ${told}`)
}
