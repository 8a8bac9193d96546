import { readFile } from 'node:fs/promises'
import { MANDATE_TYPE, mandateTime, verifyMandate, verifyMandateDraft } from '../../contract/trust/mandate-document.ts'
import { verifyPersonalJws } from '../../contract/trust/personal-jws.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { BOTH_LANG_OPTIONS } from '../../service/lang-option.ts'
import { describeMandate } from './describe.ts'
import type { MandatesIo } from './io.ts'
import { chooseShownLanguage } from './options.ts'

const SHOW = {
  name: 'istmo mandates show',
  description:
    'Verifies the signatures of a document, and shows in plain words what it says and whose keys signed it. It does not say whether the mandate is in the ' +
    'log, or was revoked: `istmo mandates list` does.',
  arguments: { document: { meaning: 'the file of the document' } },
  options: {
    approver: {
      flag: 'approver',
      value: 'thumbprint',
      isRepeated: true,
      expected: 'the thumbprint of a key, 43 characters',
      meaning: 'an approver’s key that you pin; without it, any key counts',
      parse: (text: string) => (/^[A-Za-z0-9_-]{43}$/.test(text) ? text : undefined),
    },
    ...BOTH_LANG_OPTIONS,
  },
} as const satisfies CommandSpec

/** Runs `istmo mandates show`. Resolves to the exit code. */
export function runShow(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    SHOW,
    args,
    async ({ document: path, approver: pinned, ...line }) => {
      const language = chooseShownLanguage(line, io)
      const text = await readFile(path, 'utf8')
      const { signatures } = await verifyPersonalJws(text, MANDATE_TYPE)
      const isDraft = signatures.length === 1
      const approvers = pinned.length > 0 ? pinned : signatures.map(({ kid }) => kid)
      const signed = isDraft ? await verifyMandateDraft(text) : await verifyMandate(text, new Set(approvers))
      io.out.write(describeMandate(signed.document, signed.hash, language))
      for (const { role, kid } of signatures) io.out.write(`signed as ${role} with the key ${kid}\n`)
      io.out.write(isDraft ? 'a draft: it opens nothing\n' : `${mandateTime(signed.document, io.now())}\n`)
    },
    io,
  )
}
