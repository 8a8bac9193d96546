import { execFile } from 'node:child_process'
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { access, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { exists } from '../audit/if-there.ts'
import type { LogReader, ProvedEntry } from '../audit/reader/log-reader.ts'
import { parseEntry } from '../contract/audit-log/entry.ts'
import { describeEntry, describeTime } from '../contract/audit-log/words.ts'
import type { Language } from '../contract/language.ts'
import { TEXT } from '../service/command-texts.ts'
import { LANG_OR_SPANISH_OPTIONS, spokenLanguage } from '../service/lang-option.ts'
import { defineAudit } from './command.ts'
import { findReader, noteReading, openDeskLog } from './desk.ts'
import { readText } from './inputs.ts'
import { DESK_LOG_OPTIONS, ENTRY_ARGUMENT } from './options.ts'
import { bundlePath, findParts, rotationFilePath, wordMissingEntry } from './prove.ts'
import { findEntry } from './readable-entries.ts'
import { wordsIn } from './words.ts'

/** `istmo audit report`: one HTML file about an entry, for people without a shell: a prosecutor, a court, an ombudsman. */
export const reportCommand = defineAudit(
  'report',
  {
    arguments: ENTRY_ARGUMENT,
    options: {
      ...DESK_LOG_OPTIONS,
      out: TEXT,
      pdf: TEXT,
      browser: TEXT,
      ...LANG_OR_SPANISH_OPTIONS,
    },
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
      language: spokenLanguage('es'),
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

/** Collects what the report says. @throws {Error} if the entry has no form that this version knows. */
async function describeReport(
  reader: LogReader,
  proofs: readonly ProvedEntry[],
  said: {
    readonly wanted: string
    readonly language: Language
    readonly policy: string
    readonly reader: string
    readonly madeAt: string
  },
) {
  const { wanted, ...rest } = said
  const [first] = proofs
  const [entry, ...parts] = proofs.map(({ bytes }) => parseEntry(bytes))
  if (first === undefined || entry === undefined) throw new Error('expected an entry with its proof')
  const { head } = first
  const continuations = parts.flatMap((part) => (part.kind === 'continuation' ? [part] : []))
  return {
    ...rest,
    words: describeEntry(entry, rest.language, continuations),
    origin: reader.log.name,
    /** The index of the entry, and the size of the tree in the checkpoint of its proof. */
    index: first.index,
    size: head.checkpoint.size,
    /** Each witness of the trust policy, with the time of its cosignature (RFC 3339); null if it has not cosigned. */
    witnesses: reader.policy.witnesses.map(({ name }) => ({ name, time: timeOf(name, first) })),
    isInQuorum: proofs.every((proof) => proof.head.isInQuorum),
    /** Whether the trust policy demands witnesses. */
    demandsWitnesses: reader.policy.quorum !== 'none',
    /** The proofs: of the entry, then of its parts. */
    bundles: proofs.map(({ proof }, part) => ({ name: basename(bundlePath(undefined, wanted, part)), text: proof })),
    rotations: reader.rotations.map(({ proof }, at) => ({
      name: basename(rotationFilePath(wanted, at)),
      text: proof,
    })),
    /** The bytes of the entry as text. */
    raw: Buffer.from(first.bytes).toString('utf8'),
  }
}

function timeOf(name: string, { head }: ProvedEntry): string | null {
  const cosignature = head.cosignatures.find(({ witness }) => witness.name === name)
  return cosignature === undefined ? null : new Date(cosignature.time * 1000).toISOString()
}

/** A report on one entry as one HTML file. It loads nothing and runs no script, so it can be kept, sent and printed. */

/** What a report says. */
export type ReportContent = Awaited<ReturnType<typeof describeReport>>

/** The page. A hole with a dot in its name is a text of words.yaml. */
const PAGE = readFileSync(new URL('report-page.html', import.meta.url), 'utf8')
const STYLE = /<style>(.*)<\/style>/s.exec(PAGE)?.[1] ?? ''
const CONTENT_POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; form-action 'none'; base-uri 'none'`

/** Writes the page of a report. Every value is escaped. */
export function writeReportPage(content: ReportContent): string {
  const { language, words, reader, isInQuorum, demandsWitnesses, index, origin, size } = content
  const say = wordsIn(language)
  const time = describeTime(content.madeAt)
  const quorum = isInQuorum ? say('report.inQuorum') : say('report.notInQuorum')
  const texts: Readonly<Record<string, string>> = {
    language,
    contentPolicy: CONTENT_POLICY,
    title: words.title,
    verdict: demandsWitnesses ? quorum : say('report.noWitnesses'),
    place: say('report.place', { index, origin, size }),
    policy: content.policy,
    raw: content.raw,
    made: reader === '' ? say('report.made', { time }) : say('report.madeBy', { time, reader }),
  }
  const witnesses = content.witnesses.map(
    ({ name, time: seen }) => [name, seen === null ? say('report.silent') : describeTime(seen)] as const,
  )
  const parts: Readonly<Record<string, string>> = {
    lines: writeTable(words.lines.map(({ label, text }) => [label, text])),
    witnesses: writeTable(witnesses, [say('report.witness'), say('report.witnessedAt')]),
    files: writeFiles(content, say),
  }
  return PAGE.replaceAll(
    /\{\{([\w.]+)\}\}/g,
    (_, hole: string) => parts[hole] ?? escapeHtml(texts[hole] ?? say(hole as 'report.title')),
  )
}

function writeFiles({ bundles, rotations }: ReportContent, say: ReturnType<typeof wordsIn>): string {
  const files = [
    ...bundles.map((file, part) => ({
      ...file,
      title: part === 0 ? say('report.bundle') : say('report.part', { part }),
    })),
    ...rotations.map((file, at) => ({ ...file, title: say('report.rotation', { number: at + 1 }) })),
  ]
  const sections = files.map(({ title, name, text }) => {
    const link = `data:text/plain;base64,${Buffer.from(text).toString('base64')}`
    const save = `<a download="${escapeHtml(name)}" href="${link}">${escapeHtml(`${say('report.save')}: ${name}`)}</a>`
    return `<h3>${escapeHtml(title)}</h3>\n<p>${save}</p>\n<pre>${escapeHtml(text)}</pre>`
  })
  return sections.join('\n')
}

function writeTable(rows: readonly (readonly [string, string])[], head?: readonly string[]): string {
  const cells = rows.map(
    ([label, text]) => `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(text)}</td></tr>`,
  )
  const titles = head?.map((title) => `<th scope="col">${escapeHtml(title)}</th>`).join('')
  const first = titles === undefined ? '' : `<thead><tr>${titles}</tr></thead>`
  return `<table>${first}<tbody>${cells.join('\n')}</tbody></table>`
}

/** Escapes a text for HTML, in content and in attributes with double quotes. */
function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '')
}

/** How long the browser may take, in milliseconds. */
const TIMEOUT_MS = 60_000

/** Where Debian and other systems have the browser. */
const BROWSERS = ['chromium', 'chromium-headless-shell', 'chromium-browser', 'google-chrome'].map(
  (name) => `/usr/bin/${name}`,
)

/**
 * Prints an HTML file as PDF with Chromium, without a network.
 * @param browser the browser's program; without it, the first one of the usual places.
 * @throws {Error} if there is no browser, or it makes no file. The message says what to do.
 */
export async function printPdf(html: string, pdf: string, browser?: string): Promise<void> {
  const program = browser ?? (await findBrowser())
  if (program === undefined) {
    throw new Error(
      `expected Chromium for the PDF at ${BROWSERS.join(' or ')}; came none. Install it (apt-get install chromium), name it with --browser, or open ${html} in any browser and print it`,
    )
  }
  const profile = await mkdtemp(join(tmpdir(), 'istmo-report-'))
  try {
    await promisify(execFile)(program, argumentsFor(html, pdf, profile), { timeout: TIMEOUT_MS })
    await access(pdf)
  } catch (error) {
    const { message } = error as Error
    throw new Error(`${program} made no PDF (${message.split('\n')[0]}). Open ${html} in a browser and print it`)
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

function argumentsFor(html: string, pdf: string, profile: string): readonly string[] {
  return [
    '--headless',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    // The page has no script and loads nothing, and the sandbox does not run for root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    `--user-data-dir=${profile}`,
    '--no-pdf-header-footer',
    `--print-to-pdf=${resolve(pdf)}`,
    pathToFileURL(resolve(html)).href,
  ]
}

async function findBrowser(): Promise<string | undefined> {
  for (const path of BROWSERS) {
    if (await exists(path)) return path
  }
  return undefined
}
