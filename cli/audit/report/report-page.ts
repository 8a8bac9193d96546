import { hash } from 'node:crypto'
import { describeTime, type EntryWords } from '../../../contract/audit-log/words.ts'
import type { Language } from '../../../contract/language.ts'
import { wordsIn } from '../words.ts'

/** A report on one entry as one HTML file. It loads nothing and runs no script, so it can be kept, sent and printed. */

/** A file of the report: its name and its text. */
export interface ReportFile {
  readonly name: string
  readonly text: string
}

/** What a report says. */
export interface ReportContent {
  readonly language: Language
  readonly words: EntryWords
  readonly origin: string
  /** The index of the entry, and the size of the tree in the checkpoint of its proof. */
  readonly index: number
  readonly size: number
  /** Each witness of the trust policy, with the time of its cosignature (RFC 3339); null if it has not cosigned. */
  readonly witnesses: readonly { readonly name: string; readonly time: string | null }[]
  readonly isInQuorum: boolean
  /** Whether the trust policy demands witnesses. */
  readonly demandsWitnesses: boolean
  /** The proofs: of the entry, then of its parts. */
  readonly bundles: readonly ReportFile[]
  readonly rotations: readonly ReportFile[]
  readonly policy: string
  /** The bytes of the entry as text. */
  readonly raw: string
  /** RFC 3339. */
  readonly madeAt: string
  /** Who made the report; empty if nobody is named. */
  readonly reader: string
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 52rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; }
th { width: 14rem; } td { white-space: pre-line; overflow-wrap: anywhere; }
.verdict { padding: .8rem; border: 2px solid; font-weight: bold; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; border: 1px solid; padding: .6rem; }
@media (max-width: 40rem) { th, td { display: block; width: auto; } }
@media print { body { max-width: none; } a[download] { display: none; } pre { font-size: .65rem; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
`

const POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; form-action 'none'; base-uri 'none'`

/** Writes the page of a report. Every value is escaped. */
export function writeReportPage(content: ReportContent): string {
  const { language, words } = content
  const say = wordsIn(language)
  const [time, reader] = [describeTime(content.madeAt), content.reader]
  const made = reader === '' ? say('report.made', { time }) : say('report.madeBy', { time, reader })
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(say('report.title'))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(say('report.title'))}</h1>
<p>${escapeHtml(say('report.intro'))}</p>
<h2>${escapeHtml(say('report.happened'))}</h2>
<p>${escapeHtml(words.title)}</p>
${writeTable(words.lines.map(({ label, text }) => [label, text]))}
${writeVerdict(content, say)}
<h2>${escapeHtml(say('report.proves'))}</h2>
${writeList(([1, 2, 3] as const).map((step) => say(`report.provesThat.step${step}`)))}
<h2>${escapeHtml(say('report.provesNot'))}</h2>
${writeList(([1, 2, 3, 4] as const).map((step) => say(`report.doesNotProve.step${step}`)))}
<h2>${escapeHtml(say('report.verify'))}</h2>
${writeList(
  ([1, 2, 3] as const).map((step) => say(`report.howToVerify.step${step}`)),
  'ol',
)}
${writeFiles(content, say)}
<h2>${escapeHtml(say('report.raw'))}</h2>
<pre>${escapeHtml(content.raw)}</pre>
</main>
<footer><p>${escapeHtml(made)}</p></footer>
</body>
</html>
`
}

type Words = ReturnType<typeof wordsIn>

function writeVerdict(content: ReportContent, say: Words): string {
  const { isInQuorum, demandsWitnesses, witnesses, index, origin, size } = content
  const quorum = isInQuorum ? say('report.inQuorum') : say('report.notInQuorum')
  const rows = witnesses.map(
    ({ name, time }) => [name, time === null ? say('report.silent') : describeTime(time)] as const,
  )
  return `<h2>${escapeHtml(say('report.verdict'))}</h2>
<p class="verdict">${escapeHtml(demandsWitnesses ? quorum : say('report.noWitnesses'))}</p>
<p>${escapeHtml(say('report.place', { index, origin, size }))}</p>
<h2>${escapeHtml(say('report.witnesses'))}</h2>
${writeTable(rows, [say('report.witness'), say('report.witnessedAt')])}`
}

function writeFiles({ bundles, rotations, policy }: ReportContent, say: Words): string {
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
  return `${sections.join('\n')}
<h3>${escapeHtml(say('report.policy'))}</h3>
<p>${escapeHtml(say('report.policyNote'))}</p>
<pre>${escapeHtml(policy)}</pre>`
}

function writeTable(rows: readonly (readonly [string, string])[], head?: readonly string[]): string {
  const cells = rows.map(
    ([label, text]) => `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(text)}</td></tr>`,
  )
  const titles = head?.map((title) => `<th scope="col">${escapeHtml(title)}</th>`).join('')
  const first = titles === undefined ? '' : `<thead><tr>${titles}</tr></thead>`
  return `<table>${first}<tbody>${cells.join('\n')}</tbody></table>`
}

function writeList(items: readonly string[], tag = 'ul'): string {
  return `<${tag}>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</${tag}>`
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
