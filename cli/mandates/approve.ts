import { readFile } from 'node:fs/promises'
import { signMandate, verifyMandate, verifyMandateDraft } from '../../contract/trust/mandate-document.ts'
import type { PersonalJws } from '../../contract/trust/personal-jws.ts'
import { thumbprintOf } from '../../contract/trust/personal-jws.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { BOTH_LANG_OPTIONS } from '../../service/lang-option.ts'
import { replaceFile } from '../../service/replace-file.ts'
import { describeMandate, findUnnamed, nameHashes } from './describe.ts'
import { handIn } from './hand-in.ts'
import { confirm, type MandatesIo } from './io.ts'
import { openKeyFile } from './key-file.ts'
import { AUTHORITY_OPTIONS, chooseShownLanguage, SIGNING_OPTIONS } from './options.ts'

const APPROVE = {
  name: 'istmo mandates approve',
  description:
    'Approves a mandate that another person drafted: shows it, asks, signs it with your key, writes the signature into the file, and hands it to the ' +
    'authority. You cannot approve a mandate that names you, or an agency and role that you hold.',
  arguments: { document: { meaning: 'the file of the document, with the drafter’s signature' } },
  options: {
    person: {
      flag: 'person',
      value: 'subject',
      isRepeated: true,
      meaning:
        'a person whom you expect in the mandate, by the subject at the login provider; the authority says which one it is',
    },
    ...SIGNING_OPTIONS,
    ...AUTHORITY_OPTIONS,
    ...BOTH_LANG_OPTIONS,
  },
  examples: [
    {
      command:
        'istmo mandates approve jtf.mandate.json --key beto.key --token beto.jwt --authority /var/lib/istmo/log --lang es',
      meaning: 'Shows the mandate in Spanish, and asks before signing.',
    },
  ],
} as const satisfies CommandSpec

/** Runs `istmo mandates approve`. Resolves to the exit code. */
export function runApprove(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    APPROVE,
    args,
    async ({ document: path, person: subjects, key: keyFile, passphraseFile, yes, token, authority, ...line }) => {
      const language = chooseShownLanguage(line, io)
      const place = { token, authority }
      const key = await openKeyFile(keyFile, passphraseFile, io)
      const jws = await readDocument(path, await thumbprintOf(key))
      const draft = await verifyMandateDraft({ ...jws, signatures: jws.signatures.slice(0, 1) })
      const names = nameHashes(await handIn(place, { act: 'name', subjects }, io.now), subjects, language)
      io.out.write(describeMandate(draft.document, draft.hash, language, names))
      if (findUnnamed(draft.document, names).length > 0) io.err.write(language === 'es' ? UNNAMED.es : UNNAMED.en)
      await confirm(io, language, yes)
      const signed = jws.signatures.length === 2 ? jws : await signMandate(draft.jws, key, 'approver')
      await replaceFile(path, `${JSON.stringify(signed)}\n`)
      await handIn(place, { act: 'approve', document: JSON.stringify(signed) }, io.now)
      io.out.write(`approved ${draft.hash}\n`)
    },
    io,
  )
}

/** What an approver is told who cannot see who somebody in the mandate is. */
const UNNAMED = {
  en: 'Some persons are shown only as a hash. Ask the drafter who they are, and name each with --person: a wrong name does not fit.\n',
  es: 'Algunas personas se muestran solo con su huella. Pregunte a quien redactó quiénes son, e indique a cada una con --person: un nombre equivocado no coincide.\n',
} as const

/** Reads a draft; or a mandate that this key has signed already, because the authority did not answer the first time. */
async function readDocument(path: string, kid: string): Promise<PersonalJws> {
  const text = await readFile(path, 'utf8')
  const draft = await verifyMandateDraft(text).catch(() => null)
  return draft?.jws ?? (await verifyMandate(text, new Set([kid]))).jws
}
