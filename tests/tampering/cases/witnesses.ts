import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeNotes, encodeNotes, historyPath } from '../../../audit/log/history.ts'
import type { NoteSigner } from '../../../audit/note/key.ts'
import { formatNote, formatSignatureLine, parseNote, signNote, signText } from '../../../audit/note/note.ts'
import { fails, held, holds, type TamperingCase, untold } from '../case.ts'
import { append, type Desk, editBundle, editFile, rewrite, valuesOf } from '../desk.ts'
import { allWitnesses, appendAll, clock, NOW_MS, openQuietly, signers, stranger, witnesses } from '../logs.ts'
import { serveWitnesses } from '../witness-server.ts'

/** Acts of operators together with captured witnesses, and of witnesses whose clocks run wrong. The policy demands three of four. */

/** Writes the log of the gateway again, without one request, and lets only these witnesses cosign it. */
async function rewriteHistory({ gateway }: Desk, by: readonly NoteSigner[]): Promise<void> {
  const entries = (await valuesOf(gateway)).filter((_, at) => at !== 100)
  await rm(gateway, { recursive: true })
  const log = await openQuietly(gateway, signers.gateway)
  await appendAll(log, entries, by)
  await log.close()
}

/** A witness, and what its clock says, in milliseconds since 1970. Without a clock it has the right time. */
interface Cosigner {
  readonly by: NoteSigner
  readonly atMs?: number
}

/** Removes the history and the cosignatures of the gateway’s log, and adds others. */
async function cosignAgain({ gateway }: Desk, cosigners: readonly (Cosigner | NoteSigner)[]): Promise<void> {
  await rm(join(gateway, 'checkpoints'), { recursive: true })
  await editFile(join(gateway, 'checkpoint'), (bytes) => {
    const { text } = parseNote(bytes)
    const cosignatures = cosigners.map((each) => {
      const { by, atMs = NOW_MS - 300_000 } = 'by' in each ? each : { by: each }
      clock.ms = atMs
      return signText(text, by)
    })
    return formatNote({ text, signatures: [signText(text, signers.gateway), ...cosignatures] })
  })
}

/** Writes the cosignatures of two witnesses into checkpoint and history as a version did that added them each second, up to 64, and then the others. */
async function repeatCosignatures(gateway: string): Promise<void> {
  const history = join(gateway, historyPath(0))
  let { notes } = decodeNotes(await readFile(history))
  await editFile(join(gateway, 'checkpoint'), (bytes) => {
    const { text } = parseNote(bytes)
    const lines = [formatSignatureLine(signText(text, signers.gateway))]
    const add = (by: readonly NoteSigner[]): void => {
      lines.push(...by.map((each) => formatSignatureLine(signText(text, each))))
      notes = [...notes, `${text}\n${lines.join('')}`]
    }
    notes = notes.filter((note) => !note.startsWith(text) || !note.includes(observer.verifier.name))
    for (clock.ms = NOW_MS - 400_000; lines.length < 63; clock.ms += 1_000) add([GT, HN])
    add([GT, HN, SV, observer])
    return notes.at(-1) ?? ''
  })
  await writeFile(history, Buffer.concat(notes.map((note) => encodeNotes(0, [note]))))
}

/** Copies a log, so that it stays as it is. */
async function copyOf(log: string): Promise<string> {
  await cp(log, `${log}-copy`, { recursive: true })
  return `${log}-copy`
}

const { GT, HN, SV, observer } = witnesses

/** The cases. */
export const WITNESS_CASES: readonly TamperingCase[] = [
  {
    title: 'the operator and one captured witness wrote the history again',
    tamper: (desk) => rewriteHistory(desk, [observer]),
    verify: fails('NO_QUORUM', 'PARTS'),
    names: /^entries from 0 on$/,
  },
  {
    title: 'the operator and two captured witnesses wrote the history again',
    tamper: (desk) => rewriteHistory(desk, [observer, SV]),
    verify: fails('NO_QUORUM', 'PARTS'),
    names: /^entries from 0 on$/,
  },
  {
    title: 'the operator and one captured witness went on otherwise from half of the log',
    isHalf: true,
    tamper: (desk) => append(desk, 'gateway', [Buffer.from('{}')], [observer]),
    verify: fails('FORM', 'NO_QUORUM'),
    names: /^entries from 169 on$/,
  },
  {
    title: 'nothing: one witness is silent, and three are enough',
    tamper: (desk) => cosignAgain(desk, [GT, HN, SV]),
    verify: holds(),
  },
  { title: 'two witnesses are silent', tamper: (desk) => cosignAgain(desk, [GT, HN]), verify: fails('NO_QUORUM') },
  {
    title: 'one witness cosigned three times in place of three witnesses',
    tamper: (desk) =>
      cosignAgain(
        desk,
        [0, 1_000, 2_000].map((ms) => ({ by: GT, atMs: NOW_MS - ms })),
      ),
    verify: fails('NO_QUORUM'),
  },
  {
    title: 'a witness that the trust policy does not name cosigned in place of one that it names',
    tamper: (desk) => cosignAgain(desk, [GT, HN, stranger]),
    verify: fails('NO_QUORUM'),
  },
  {
    title: 'nothing: an unknown witness cosigned besides the four',
    tamper: (desk) => cosignAgain(desk, [...allWitnesses, stranger]),
    verify: holds(),
  },
  {
    title: 'a cosignature is of another text',
    tamper: ({ gateway, country }) =>
      editFile(join(gateway, 'checkpoint'), async (bytes) => {
        const other = parseNote(await readFile(join(country, 'checkpoint'))).text
        const lines = bytes.toString().split('\n')
        const wrong = signNote(other, [GT]).split('\n').at(-2) ?? ''
        const at = lines.findIndex((line) => line.startsWith(`— ${GT.verifier.name} `))
        return lines.with(at, wrong).join('\n')
      }),
    verify: fails('SIGNATURE'),
    names: /^checkpoint$/,
  },
  {
    title: 'the time in a cosignature was altered',
    tamper: ({ gateway }) =>
      editFile(join(gateway, 'checkpoint'), (bytes) => {
        const { text, signatures } = parseNote(bytes)
        const at = signatures.findIndex(({ name }) => name === GT.verifier.name)
        const altered = signatures.map((each, index) => {
          if (index !== at) return each
          const signature = Buffer.from(each.signature)
          signature.writeUInt8((signature.at(7) ?? 0) ^ 1, 7)
          return { ...each, signature }
        })
        return formatNote({ text, signatures: altered })
      }),
    verify: fails('SIGNATURE'),
  },
  {
    title: 'nothing: the clock of one witness says 2099, and the other three are enough',
    tamper: (desk) => cosignAgain(desk, [GT, HN, SV, { by: observer, atMs: Date.parse('2099-01-01T00:00:00Z') }]),
    verify: holds(),
  },
  {
    title: 'nothing: the clock of one witness was set back by years',
    tamper: (desk) => cosignAgain(desk, [GT, HN, SV, { by: observer, atMs: Date.parse('2001-01-01T00:00:00Z') }]),
    verify: holds(),
  },
  {
    title: 'the log was emptied, and nobody cosigned the empty log',
    tamper: (desk) => rewrite(desk, 'gateway', [], []),
    verify: fails('NO_QUORUM'),
    names: /^the empty log$/,
  },
  {
    title: 'the clocks of all witnesses say 2099',
    tamper: (desk) => {
      const atMs = Date.parse('2099-01-01T00:00:00Z')
      return cosignAgain(
        desk,
        allWitnesses.map((by) => ({ by, atMs })),
      )
    },
    verify: fails('NO_QUORUM'),
    python: 'HOLDS',
  },
  {
    title: 'both logs were set back with their old cosignatures',
    isHalf: true,
    tamper: async () => undefined,
    verify: holds(),
    reconcile: holds(),
  },
  {
    title: 'both logs were set back with their old cosignatures, and the witnesses are asked',
    isHalf: true,
    tamper: async (desk, { whole }) => serveWitnesses(desk, whole),
    verify: fails('ROLLBACK'),
    reconcile: holds(),
    python: 'HOLDS',
  },
  {
    title: 'nothing: both logs are older copies, `--as-of` names their time, and the witnesses are asked',
    isHalf: true,
    tamper: (desk, { half, whole }) => serveWitnesses(desk, whole, [half, whole]),
    kept: () => ['--as-of', '2026-11-24T08:02:30Z'],
    verify: held(),
    python: 'HOLDS',
  },
  {
    title: 'both logs were set back, and `--as-of` names a time at which the witnesses had cosigned more',
    isHalf: true,
    tamper: (desk, { half, whole }) => serveWitnesses(desk, whole, [half, whole]),
    kept: () => ['--as-of', '2026-11-24T08:10:00Z'],
    verify: fails('ROLLBACK'),
    names: /^witness /,
    python: 'HOLDS',
  },
  {
    title: 'both logs were set back, `--as-of` names their time, and the witnesses serve only their last checkpoints',
    isHalf: true,
    tamper: (desk, { whole }) => serveWitnesses(desk, whole),
    kept: () => ['--as-of', '2026-11-24T08:02:30Z'],
    verify: untold(),
    python: 'HOLDS',
  },
  {
    title: 'nothing, and `--as-of` names a time at which the witnesses had not cosigned all of the copy',
    tamper: (desk, { half, whole }) => serveWitnesses(desk, whole, [half, whole]),
    kept: () => ['--as-of', '2026-11-24T08:02:30Z'],
    verify: untold(),
    python: 'HOLDS',
  },
  {
    title: 'an older copy was altered, and `--as-of` names its time',
    isHalf: true,
    async tamper(desk, { half, whole }) {
      await serveWitnesses(desk, whole, [half, whole])
      await editBundle(desk.gateway, '000.p/169', ([a = Buffer.of(), b = Buffer.of(), ...rest]) => [b, a, ...rest])
    },
    kept: () => ['--as-of', '2026-11-24T08:02:30Z'],
    verify: fails('ENTRY'),
  },
  {
    title: 'both logs were set back with their old cosignatures, and the witnesses that are asked know nothing of them',
    isHalf: true,
    tamper: (desk) => serveWitnesses(desk, undefined),
    verify: holds(),
    python: 'HOLDS',
  },
  {
    title: 'nothing: both logs are whole, and the witnesses are asked',
    tamper: async (desk, { whole }) => serveWitnesses(desk, whole),
    verify: holds(),
  },
  {
    title: 'the log showed the witnesses another history than the auditor',
    tamper: async (desk) => {
      await serveWitnesses(desk, { ...desk, gateway: await copyOf(desk.gateway) })
      await rewriteHistory(desk, allWitnesses)
      await append(desk, 'gateway', [Buffer.from('{}')])
    },
    verify: fails('FORM', 'PARTS', 'SPLIT_VIEW'),
    python: 'HOLDS',
  },
  {
    title: 'both logs were set back with their old cosignatures, and a receipt was kept',
    isHalf: true,
    tamper: async ({ receipt }, { whole }) => cp(join(whole.country, 'checkpoint'), receipt),
    kept: ({ receipt }) => ['--kept', receipt],
    verify: fails('ROLLBACK'),
  },
  {
    title: 'the checkpoint has the line breaks of Windows',
    tamper: ({ gateway }) =>
      editFile(join(gateway, 'checkpoint'), (bytes) => bytes.toString().replaceAll('\n', '\r\n')),
    verify: fails('NO_QUORUM', 'ORIGIN', 'ROLLBACK', 'SIGNATURE'),
    names: /^checkpoint$/,
    reconcile: untold(),
  },
  {
    title: 'the checkpoint has a line behind its root that the log did not sign',
    tamper: ({ gateway }) =>
      editFile(join(gateway, 'checkpoint'), (bytes) => bytes.toString().replace('\n\n', '\nextension\n\n')),
    verify: fails('SIGNATURE'),
    names: /^checkpoint$/,
  },
  {
    title: 'the cosignatures of an older checkpoint stand under the newest one',
    tamper: async ({ gateway }, { half }) => {
      const older = parseNote(await readFile(join(half.gateway, 'checkpoint'))).signatures
      await editFile(join(gateway, 'checkpoint'), (bytes) => {
        const { text, signatures } = parseNote(bytes)
        const own = signatures.filter(({ name }) => name === signers.gateway.verifier.name)
        return formatNote({ text, signatures: [...own, ...older.filter(({ name }) => name !== own[0]?.name)] })
      })
    },
    verify: fails('SIGNATURE'),
    names: /^checkpoint$/,
  },
  {
    title: 'nothing: the history of checkpoints stands in another order and twice, and only it has the cosignatures',
    tamper: async ({ gateway }) => {
      const file = join(gateway, historyPath(0))
      const { notes } = decodeNotes(await readFile(file))
      const all = [...notes.toReversed(), ...notes.toReversed()]
      await writeFile(file, Buffer.concat(all.map((note) => encodeNotes(0, [note]))))
      await editFile(join(gateway, 'checkpoint'), (bytes) => signNote(parseNote(bytes).text, [signers.gateway]))
    },
    verify: holds(),
  },
  {
    title:
      'nothing: an earlier version wrote the cosignatures of two witnesses each second, 67 in all, while a quorum was missing',
    tamper: ({ gateway }) => repeatCosignatures(gateway),
    verify: holds(),
  },
  {
    title: 'an older checkpoint and its history stand in the place of the newest ones, before all entries',
    tamper: async ({ gateway }, { half }) => {
      for (const name of ['checkpoint', historyPath(0)]) await cp(join(half.gateway, name), join(gateway, name))
    },
    verify: holds(),
  },
]
