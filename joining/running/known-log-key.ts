import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse as parseYaml, stringify } from 'yaml'
import { z } from 'zod'
import { type KeyRotation, parseRotation } from '../../audit/note/rotation.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { askJson } from './ask-json.ts'

/**
 * Says whether the country's file leads to a key of its audit log, by `receipts.vkey` or by a proof in `receipts.rotations`. A gateway with this file drops
 * each answer whose receipt is signed by another key only (RECEIPT_INVALID).
 * @returns null if there is no file that can be read, or it says nothing of receipts.
 */
export async function leadsToLogKey(rules: string | undefined, vkey: string): Promise<boolean | null> {
  const file = rules === undefined ? null : await readCountryFile(rules).catch(() => null)
  if (file?.receipts === undefined) return null
  const { receipts } = file
  return [receipts.vkey, ...receipts.rotations.map((proof) => parseRotation(proof).newKey.vkey)].includes(vkey)
}

/** What is done so that a country's file leads to the new key of a log. */
export interface NamedRotation {
  /** Where the proof goes: a path beside the file. */
  readonly copy: string
  /** The member `receipts` of the file, as YAML. */
  readonly lines: string
}

const RECEIPTS = z.looseObject({ rotations: z.array(z.string()).default([]) })

/** Writes the member `receipts` of a country's file with the proof of one more rotation. A file that cannot be read has none yet. */
export async function nameRotation(rules: string, country: string, { oldKey }: KeyRotation): Promise<NamedRotation> {
  const text = await readFile(rules, 'utf8').catch(() => '')
  const { receipts } = Object(parseYaml(text)) as { readonly receipts?: unknown }
  const known = RECEIPTS.safeParse(receipts ?? { vkey: oldKey.vkey })
  const { rotations, ...rest } = known.success ? known.data : { rotations: [], vkey: oldKey.vkey }
  const name = `${country}.rotation-${rotations.length}`
  const lines = stringify({ receipts: { ...rest, rotations: [...rotations, name] } }, { lineWidth: 0 })
  return { copy: join(dirname(rules), name), lines }
}

const STATUS = z.object({
  participants: z.array(z.object({ country: z.string(), logKeys: z.array(z.string()).optional() })),
})

/**
 * Asks a gateway which keys of a country's audit log it takes, as its `/status` shows everybody.
 * @param keySet the address of the gateway's key set.
 * @returns null if it does not say: the country does not take part there, it wants no receipts, or it is of an earlier version.
 * @throws {Error} if it does not answer.
 */
export async function askForLogKeys(keySet: string, country: string): Promise<readonly string[] | null> {
  const { participants } = STATUS.parse((await askJson(new URL('/status', keySet))).body)
  return participants.find((each) => each.country === country)?.logKeys ?? null
}
