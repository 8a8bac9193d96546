/** The two persons who make mandates, with keys of their own, and the folder through which a running authority takes what they sign. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { handIn } from '../../cli/hand-in.ts'
import { type MandateDocument, signMandate } from '../../contract/trust/mandate-document.ts'
import { signRevocation } from '../../contract/trust/mandate-revocation.ts'
import { thumbprintOf } from '../../contract/trust/personal-jws.ts'
import { newPersonalKey, SAMPLE_MANDATE } from '../../contract/trust/testing.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { providerClaims, sign, type World } from './world.ts'

const DAY_MS = 86_400_000

/** How long an act waits for an authority that is killed again and again, in milliseconds. */
const PATIENCE_MS = 600_000

/** The two persons of a world. */
export interface MandatePersons {
  /**
   * Drafts and approves a mandate for officers of a role. Resolves to its hash when the authority has answered.
   * @param over members that replace those of the sample.
   */
  readonly makeMandate: (role: string, over?: Partial<MandateDocument>) => Promise<string>
  /** Revokes a mandate as its drafter. Resolves when the authority has answered. */
  readonly revoke: (mandate: string) => Promise<void>
}

/** Makes the persons, and writes the approver's key into the settings of an authority that does not run yet. */
export async function createMandatePersons(world: World): Promise<MandatePersons> {
  const [drafter, approver] = [newPersonalKey(), newPersonalKey()]
  const settings = await readAuthoritySettings(world.config)
  const approverKeys = [await thumbprintOf(approver)]
  await writeFile(world.config, stringify({ ...settings, mandates: { ...settings.mandates, approverKeys } }))
  const placeOf = async (role: string) => {
    const token = join(world.folder, `${role}.jwt`)
    const claims = providerClaims({ sub: role, azp: undefined, org: { agency: 'GT-MP', role } })
    await writeFile(token, await sign(claims, world.provider))
    return { authority: settings.auditLog, token, patienceMs: PATIENCE_MS }
  }
  const [coordinator, head] = [await placeOf('coordinator'), await placeOf('head')]
  return {
    async makeMandate(role, over = {}) {
      const named = await handIn(coordinator, { act: 'name', subjects: ['head'] }, Date.now)
      const [drafterHash = '', approverHash = ''] = named.persons ?? []
      const document: MandateDocument = {
        ...{ ...SAMPLE_MANDATE, id: createUuidV7(Date.now()), issued: Math.floor(Date.now() / 1_000) },
        ...{ not_after: new Date(Date.now() + 30 * DAY_MS).toISOString().slice(0, 10) },
        ...{ officers: [{ agency: 'GT-MP-FECO', role }], drafter: drafterHash, approver: approverHash },
        ...over,
      }
      const drafted = await signMandate(document, drafter, 'drafter')
      await handIn(coordinator, { act: 'draft', document: JSON.stringify(drafted) }, Date.now)
      const approved = JSON.stringify(await signMandate(drafted, approver, 'approver'))
      const { mandate = '' } = await handIn(head, { act: 'approve', document: approved }, Date.now)
      return mandate
    },
    async revoke(mandate) {
      const revocation = { v: 1, mandate, issued: Math.floor(Date.now() / 1_000), reason: 'a test' } as const
      const document = JSON.stringify(await signRevocation(revocation, drafter))
      await handIn(coordinator, { act: 'revoke', document }, Date.now)
    },
  }
}
