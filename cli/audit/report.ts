import { rename, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { LogReader, ProvedEntry } from '../../audit/reader/log-reader.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { describeEntry } from '../../contract/audit-log/words.ts'
import type { Language } from '../../contract/language.ts'
import { joiningEnvironment } from '../../joining/environment.ts'
import { FILE } from '../../service/command-spec.ts'
import { chooseLineLanguage, LANG_OPTION, OLDER_LANG_OPTION } from '../../service/lang-option.ts'
import { ABOUT } from './about.ts'
import { defineAudit } from './command.ts'
import { DESK_LOG_OPTIONS, findReader, noteReading, openDeskLog } from './desk/note-reading.ts'
import { findEntry, wordMissingEntry } from './find-entry.ts'
import { ENTRY_ARGUMENT, readText } from './inputs.ts'
import { bundlePath, findParts, rotationFilePath } from './prove.ts'
import { printPdf } from './report/print-pdf.ts'
import { type ReportContent, writeReportPage } from './report/report-page.ts'

/** `istmo audit report`: one HTML file about an entry, for people without a shell: a prosecutor, a court, an ombudsman. */
export const reportCommand = defineAudit(
  {
    ...ABOUT.report,
    arguments: ENTRY_ARGUMENT,
    options: {
      ...DESK_LOG_OPTIONS,
      out: {
        flag: 'out',
        ...FILE,
        meaning: 'the HTML file; by default <entry>.html',
      },
      pdf: {
        flag: 'pdf',
        ...FILE,
        meaning: 'also print the report into this PDF file, with Chromium',
      },
      browser: {
        flag: 'browser',
        value: 'file',
        expected: 'the path of a program',
        meaning: 'Chromium’s program; by default that of the system',
      },
      lang: {
        ...LANG_OPTION,
        meaning: 'the language of the report: es or en; without it, that of LC_ALL, LC_MESSAGES or LANG, else es',
      },
      language: OLDER_LANG_OPTION,
    },
    examples: [
      {
        command: 'istmo audit report ID --log gateway --policy policy --own-log own --own-key own.key --pdf report.pdf',
        meaning: 'Writes ID.html and report.pdf in Spanish.',
      },
    ],
  },
  async (line, io) => {
    const reader = await openDeskLog(line)
    const { person, policies } = await findReader(line)
    const found = await findEntry(reader, line.entry, io)
    if (found === undefined) {
      const text = await wordMissingEntry(reader, line.entry)
      return { verdict: 'FAILS', text, json: { entry: line.entry } }
    }
    const parts = await findParts(reader, found)
    const proofs = await Promise.all(parts.map((index) => reader.prove(index)))
    const out = line.out ?? `${line.entry}.html`
    const content = await describeReport(reader, proofs, {
      wanted: line.entry,
      language: chooseLineLanguage(line, joiningEnvironment(), 'es'),
      policy: await readText(line.policy[0] ?? policies[0] ?? ''),
      reader: person.name,
      madeAt: new Date(io.now()).toISOString(),
    })
    const draft = `${out}.draft`
    await writeFile(draft, writeReportPage(content), { mode: 0o600 })
    // The entry of this reading is durable before the report has its name.
    const logs = [reader.log.name]
    await noteReading(line, { channel: 'REPORT', country: null, entries: proofs.length, logs }, io)
    await rename(draft, out)
    if (line.pdf !== undefined) await printPdf(out, line.pdf, line.browser)
    const files = [out, ...(line.pdf === undefined ? [] : [line.pdf])]
    const missing = content.isInQuorum ? '' : ', but not enough witnesses have cosigned its checkpoint yet'
    return {
      verdict: content.isInQuorum ? 'HOLDS' : 'UNTOLD',
      text: `${files.join(', ')}: entry ${content.index} of ${content.origin} is in the log${missing}.`,
      json: { files, index: content.index, origin: content.origin, size: content.size, inQuorum: content.isInQuorum },
    }
  },
)

interface ReportLine {
  readonly wanted: string
  readonly language: Language
  readonly policy: string
  readonly reader: string
  readonly madeAt: string
}

/** Collects what the report says. @throws {Error} if the entry has no form that this version knows. */
async function describeReport(
  reader: LogReader,
  proofs: readonly ProvedEntry[],
  { wanted, language, policy, reader: person, madeAt }: ReportLine,
): Promise<ReportContent> {
  const [first] = proofs
  if (first === undefined) throw new Error('expected an entry with its proof')
  const [entry, ...parts] = proofs.map(({ bytes }) => parseEntry(bytes))
  if (entry === undefined) throw new Error('expected an entry with its proof')
  const { head } = first
  const continuations = parts.flatMap((part) => (part.kind === 'continuation' ? [part] : []))
  return {
    language,
    words: describeEntry(entry, language, continuations),
    origin: reader.log.name,
    index: first.index,
    size: head.checkpoint.size,
    witnesses: reader.policy.witnesses.map(({ name }) => ({ name, time: timeOf(name, first) })),
    isInQuorum: proofs.every((proof) => proof.head.isInQuorum),
    demandsWitnesses: reader.policy.quorum !== 'none',
    bundles: proofs.map(({ proof }, part) => ({ name: basename(bundlePath(undefined, wanted, part)), text: proof })),
    rotations: reader.rotations.map(({ proof }, at) => ({
      name: basename(rotationFilePath(wanted, at)),
      text: proof,
    })),
    policy,
    raw: Buffer.from(first.bytes).toString('utf8'),
    madeAt,
    reader: person,
  }
}

function timeOf(name: string, { head }: ProvedEntry): string | null {
  const cosignature = head.cosignatures.find(({ witness }) => witness.name === name)
  return cosignature === undefined ? null : new Date(cosignature.time * 1000).toISOString()
}
