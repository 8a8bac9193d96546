/** A mandate that two persons sign, in the log of an authority that does not run. */
import { writeFile } from 'node:fs/promises'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { openAuthorityLog } from '../../authority/log/authority-log.ts'
import { openAuthorityMandates } from '../../authority/open-mandates.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { type MandateDocument, signMandate } from '../../contract/trust/mandate-document.ts'
import { thumbprintOf } from '../../contract/trust/personal-jws.ts'
import { newPersonalKey, SAMPLE_MANDATE } from '../../contract/trust/testing.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { PROVIDER, type World } from './world.ts'

const COORDINATOR = { issuer: PROVIDER, subject: 'coordinator', agency: 'GT-MP', role: 'coordinator' }
const HEAD = { issuer: PROVIDER, subject: 'head', agency: 'GT-MP', role: 'head' }
const TOKEN = 'a token'

/**
 * Drafts and approves a mandate for the prosecutors of the world, as both persons do, and writes the approver's key into the settings.
 * @returns the mandate hash.
 */
export async function seedMandate(world: World): Promise<string> {
  const [drafter, approver] = [newPersonalKey(), newPersonalKey()]
  const settings = await readAuthoritySettings(world.config)
  const mandates = { ...settings.mandates, approverKeys: [await thumbprintOf(approver)] }
  await writeFile(world.config, stringify({ ...settings, mandates }))
  const log = pino({ level: 'silent' })
  const now = Date.now
  const parts = {
    settings: await readAuthoritySettings(world.config),
    version: '0',
    keys: [],
    onWritten: () => undefined,
    log,
    now,
  }
  const authorityLog = await openAuthorityLog(parts)
  try {
    const opened = await openAuthorityMandates({ ...parts, authorityLog, policy: null })
    const named = await opened.act(COORDINATOR, { act: 'name', token: TOKEN, subjects: [HEAD.subject] })
    const [drafterHash = '', approverHash = ''] = named.persons ?? []
    const document: MandateDocument = {
      ...{ ...SAMPLE_MANDATE, id: createUuidV7(now()), issued: Math.floor(now() / 1_000) },
      ...{ not_after: new Date(now() + 30 * 86_400_000).toISOString().slice(0, 10) },
      ...{ officers: [{ agency: 'GT-MP-FECO', role: 'prosecutor' }], drafter: drafterHash, approver: approverHash },
    }
    const drafted = await signMandate(document, drafter, 'drafter')
    await opened.act(COORDINATOR, { act: 'draft', token: TOKEN, document: JSON.stringify(drafted) })
    const approved = JSON.stringify(await signMandate(drafted, approver, 'approver'))
    const { mandate = '' } = await opened.act(HEAD, { act: 'approve', token: TOKEN, document: approved })
    return mandate
  } finally {
    await authorityLog.recorder.close()
  }
}
