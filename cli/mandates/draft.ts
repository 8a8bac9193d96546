import { writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { isRecordId, RECORD_ID_FORM } from '../../contract/record-id.ts'
import { MAX_NAMED_PERSONS } from '../../contract/trust/mandate-act.ts'
import { type MandateDocument, signMandate, verifyMandateDraft } from '../../contract/trust/mandate-document.ts'
import { disclose } from '../../contract/trust/sd-jwt.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { BOTH_LANG_OPTIONS } from '../../service/lang-option.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import { describeMandate, nameHashes } from './describe.ts'
import { handIn } from './hand-in.ts'
import { confirm, type MandatesIo } from './io.ts'
import { openKeyFile } from './key-file.ts'
import { AUTHORITY_OPTIONS, chooseShownLanguage, SIGNING_OPTIONS } from './options.ts'

const DRAFT = {
  name: 'istmo mandates draft',
  description:
    'Drafts a mandate: shows what the file says, signs it with your key, writes the document, and hands it to the authority. A second person then ' +
    'approves the document (`istmo mandates approve`).',
  arguments: {
    file: { meaning: 'a YAML file with the mandate (docs/authority.md)' },
    document: { meaning: 'the file of the document that is written' },
  },
  options: { ...SIGNING_OPTIONS, ...AUTHORITY_OPTIONS, ...BOTH_LANG_OPTIONS },
  examples: [
    {
      command:
        'istmo mandates draft jtf.yaml jtf.mandate.json --key ana.key --token ana.jwt --authority /var/lib/istmo/log',
      meaning: 'Drafts jtf.yaml, and writes jtf.mandate.json for the approver.',
    },
  ],
} as const satisfies CommandSpec

const text = z.string().min(1)
const person = z.strictObject({ subject: text })

/** The file that a drafter writes. The members are those of the document; persons are named by their subject at the login provider. */
const DRAFT_FILE = z.strictObject({
  issuer: text,
  country: text,
  task_force: text,
  purposes: z.array(text),
  countries: z.array(text),
  scopes: z.array(text),
  legal_basis: z.array(text).default([]),
  /** The record id of the case to which the mandate is bound. */
  case: z.string().refine(isRecordId, `expected ${RECORD_ID_FORM}`).optional(),
  not_after: text,
  time_zone: text,
  officers: z
    .array(z.union([z.strictObject({ agency: text, role: text }), person]))
    .min(1)
    .max(MAX_NAMED_PERSONS - 1),
  approver: person,
})

/** Runs `istmo mandates draft`. Resolves to the exit code. */
export function runDraft(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    DRAFT,
    args,
    async ({ file, document: path, key: keyFile, passphraseFile, yes, token, authority, ...line }) => {
      const language = chooseShownLanguage(line, io)
      const place = { token, authority }
      const wanted = await readYamlFile(file, DRAFT_FILE, { remedy: 'docs/authority.md describes the file.' })
      const key = await openKeyFile(keyFile, passphraseFile, io)
      const subjects = [wanted.approver, ...wanted.officers].flatMap((each) =>
        'subject' in each ? [each.subject] : [],
      )
      const named = await handIn(place, { act: 'name', subjects }, io.now)
      const [drafter = '', ...others] = named.persons ?? []
      const hashes = new Map(subjects.map((subject, at) => [subject, others[at] ?? '']))
      const { document, disclosure } = toDocument(wanted, { drafter, hashes, nowMs: io.now() })
      // It checks the document, so that the person is never shown one that nobody would take.
      const jws = await signMandate(document, key, 'drafter')
      const { hash } = await verifyMandateDraft(jws)
      io.out.write(describeMandate(document, hash, language, nameHashes(named, subjects, language)))
      await confirm(io, language, yes)
      await writeFile(path, `${JSON.stringify(jws)}\n`, { flag: 'wx' })
      if (disclosure !== undefined) {
        const kept = { case: wanted.case, disclosure }
        await writeFile(`${path}.case`, `${JSON.stringify(kept)}\n`, { flag: 'wx', mode: 0o600 })
      }
      await handIn(place, { act: 'draft', document: JSON.stringify(jws) }, io.now)
      io.out.write(`drafted ${hash}\n`)
    },
    io,
  )
}

/** Makes the document, and the disclosure of its case if it has one. */
function toDocument(
  wanted: z.infer<typeof DRAFT_FILE>,
  { drafter, hashes, nowMs }: { drafter: string; hashes: ReadonlyMap<string, string>; nowMs: number },
): { readonly document: MandateDocument; readonly disclosure?: string } {
  const { officers, approver, case: caseId, ...rest } = wanted
  const hidden = caseId === undefined ? undefined : disclose('case', caseId)
  const document = {
    v: 1,
    id: createUuidV7(nowMs),
    issued: Math.floor(nowMs / 1_000),
    ...rest,
    ...(hidden && { case: hidden.digest }),
    officers: officers.map((each) => ('subject' in each ? { hash: hashes.get(each.subject) ?? '' } : each)),
    drafter,
    approver: hashes.get(approver.subject) ?? '',
  }
  // Its members are checked when it is signed.
  return { document: document as MandateDocument, ...(hidden && { disclosure: hidden.disclosure }) }
}
