import { openOfficer, openShare } from '../../../contract/trust/reveal/sealed-officer.ts'
import { TERMINAL } from '../../mandates/io.ts'
import { openRevealKeyFiles } from '../../reveal/key-file.ts'
import { checkLogged, describeReveal, readAnswerFile } from '../../reveal/logged-reveal.ts'
import { PASSPHRASE_FILE_OPTION } from '../../reveal/options.ts'
import { defineAudit } from '../command.ts'
import { DESK_LOG_OPTIONS, findReader, noteReading, OWN_LOG_OPTIONS } from '../desk/note-reading.ts'
import { readPolicies } from '../inputs.ts'

/** `istmo audit reveal open`: opens an authority's answer, and shows which officer stands behind a pseudonym. */
export const revealOpenCommand = defineAudit(
  {
    name: 'reveal open',
    description: 'open an authority’s answer: which officer stands behind the pseudonym',
    arguments: { answer: { meaning: 'the file that `istmo reveal share` wrote' } },
    options: {
      key: {
        flag: 'key',
        value: 'file',
        expected: 'the path of a file',
        isRequired: true,
        isRepeated: true,
        meaning: 'your keys (`istmo audit reveal key`); after a rotation, the older ones too',
      },
      ...PASSPHRASE_FILE_OPTION,
      policy: DESK_LOG_OPTIONS.policy,
      ...OWN_LOG_OPTIONS,
    },
    notes: {
      'Exit codes': {
        0: 'the officer is shown',
        1: 'the log of the authority is damaged',
        2: 'the answer does not open, proves nothing, or an argument is wrong',
      },
    },
    examples: [
      {
        command: 'istmo audit reveal open answer.json --key auditor.key --desk desk',
        meaning: 'Checks that the authority’s log has the reveal, writes down the reading, and shows the officer.',
      },
    ],
  },
  async (line, io) => {
    const keys = await openRevealKeyFiles(line.key, line.passphraseFile, TERMINAL)
    const { policies: ofDesk } = await findReader(line)
    const policies = await readPolicies(line.policy.length > 0 ? line.policy : ofDesk)
    const answer = await readAnswerFile(line.answer)
    const checked = await checkLogged(answer, keys.verifying, policies)
    const { seal, reveal, request } = checked
    const ref = seal.officer
    const own = seal.auditors.find(({ key }) => keys.sealing.some(({ kid }) => kid === key))
    if (own === undefined) {
      throw new Error('expected a seal for one of these keys; it is for others. Give your older keys too, with --key')
    }
    const mine = await openShare(own.share, keys.sealing, { part: 'AUDITOR', ref })
    const given = await openShare(answer.share, keys.sealing, { part: 'GIVEN', ref })
    const officer = await openOfficer(seal.sealed, ref, [mine, given])
    const reading = { channel: 'REVEAL', country: null, entries: 1, logs: [reveal.origin] } as const
    const sought = { request: request.hash, ref }
    await noteReading({ ...line, reason: line.reason ?? reveal.reason }, { ...reading, sought }, io)
    return {
      verdict: 'HOLDS',
      text: `${describeReveal(checked)}\nissuer     ${officer.issuer}\nsubject    ${officer.subject}`,
      json: { ref, ...officer, auditor: reveal.auditor, reason: reveal.reason, entry: checked.index },
    }
  },
)
