import { stat } from 'node:fs/promises'
import type { Language } from '../../contract/language.ts'
import { type Say, wordsOf } from '../../contract/words.ts'
import { executeCommand } from '../../service/command-line.ts'
import { type CommandLine, FILE } from '../../service/command-spec.ts'
import { SWITCH, TEXT, wholeNumber } from '../../service/command-texts.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { replaceFile } from '../../service/replace-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import { COUNTRY, JOINING_TEXTS } from '../commands.ts'
import { type CommandPlace, formatLine, TERMINAL } from '../decisions/decisions.ts'
import { joiningEnvironment } from '../environment.ts'
import {
  CLASSIFICATION_OPTIONS,
  type ClassificationText,
  type CountedLabel,
  type DecidedLabel,
  formatCrosswalk,
  type IccsCode,
  PROPOSAL_COLUMNS,
  readClassification,
  readClassificationTexts,
  readCrosswalk,
  readDecisions,
  readLabels,
} from './classification.ts'
import { createSuggester, type SuggestionReason } from './suggest-codes.ts'

/** Runs `istmo iccs`. Returns the exit code. */
export function runIccs(args: readonly string[]): Promise<number> {
  const commands = {
    suggest: (rest: readonly string[]) => runIccsSuggest(rest),
    crosswalk: (rest: readonly string[]) => runCrosswalk(rest),
  }
  return JOINING_TEXTS.runGroup('iccs', commands, args, TERMINAL.streams)
}

/** The most codes that are proposed for one label. */
const MAX_PROPOSED = 20

const SUGGEST = JOINING_TEXTS.declare('iccs suggest', {
  arguments: { labels: TEXT },
  options: {
    ...CLASSIFICATION_OPTIONS,
    column: TEXT,
    country: COUNTRY,
    most: { ...wholeNumber(1, MAX_PROPOSED), default: '5' },
    crosswalk: TEXT,
    unmapped: SWITCH,
    out: TEXT,
    language: LANG_OPTION,
  },
})

/** Runs `istmo iccs suggest`. @returns the exit code. */
export function runIccsSuggest(args: readonly string[], place: CommandPlace = TERMINAL): Promise<number> {
  return executeCommand(SUGGEST, args, (line) => suggest(line, place), place.streams)
}

async function suggest(line: CommandLine<typeof SUGGEST>, { streams, withDatabase }: CommandPlace): Promise<void> {
  const language = chooseLanguage(line.language, joiningEnvironment())
  const say = iccsWords(language)
  if (line.out !== undefined) await refuseExisting(line.out)
  const codes = await readClassification(line, withDatabase)
  const texts = line.data === undefined ? [] : await readClassificationTexts(line.data)
  const labels = await readLabels(line.labels, line.column)
  const known = new Set(codes.map(({ code }) => code))
  const decisions =
    line.crosswalk === undefined ? null : await readCrosswalk(line.crosswalk, { known, nowMs: Date.now() })
  const decided = new Set(decisions?.decided.map(({ label }) => label))
  const open = labels.filter(({ label }) => !decided.has(label))
  const { text, proposed } = line.unmapped ? listOpen(open) : propose(open, { codes, texts, language, line })
  if (line.out === undefined) streams.out.write(text)
  else await replaceFile(line.out, text)
  if (line.unmapped) return
  const counts = { proposed, others: open.length - proposed, decided: labels.length - open.length }
  streams.err.write(`${say('proposed', { labels: open.length, ...counts })}\n`)
  if (line.out !== undefined) streams.err.write(`${say('next', { file: line.out })}\n`)
}

/** What a person has decided in a file is never written over. */
async function refuseExisting(path: string): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (found === null) return
  throw new UsageError(`--out: expected a file that does not exist, because ${path} may have decisions; name another`)
}

function listOpen(labels: readonly CountedLabel[]) {
  const lines = labels.map(({ label, count }) => formatLine([label, count]))
  return { text: [formatLine(['label', 'count']), ...lines].join(''), proposed: 0 }
}

interface Proposing {
  readonly codes: readonly IccsCode[]
  readonly texts: readonly ClassificationText[]
  readonly language: Language
  readonly line: CommandLine<typeof SUGGEST>
}

function propose(labels: readonly CountedLabel[], { codes, texts, language, line }: Proposing) {
  const suggester = createSuggester(codes, texts, line.country)
  const say = iccsWords(language)
  const titles = new Map(codes.map(({ code, titleEn, titleEs }) => [code, language === 'es' ? titleEs : titleEn]))
  const lines = [formatLine(PROPOSAL_COLUMNS)]
  let proposed = 0
  for (const { label, count } of labels) {
    const found = suggester.suggest(label, line.most)
    if (found.length > 0) proposed++
    else lines.push(formatLine([label, count, '', '', '', say('reason.none'), '', '', '']))
    for (const { code, score, reason } of found) {
      lines.push(formatLine([label, count, code, titles.get(code) ?? '', score, explain(reason, say), '', '', '']))
    }
  }
  return { text: lines.join(''), proposed }
}

function explain(reason: SuggestionReason, say: Say): string {
  switch (reason.kind) {
    case 'ABOVE':
    case 'REMAINDER':
      return say(`reason.${reason.kind}`, { code: reason.code })
    case 'SEVERAL_BELOW':
      return say('reason.SEVERAL_BELOW', { codes: reason.codes.join(', ') })
    case 'ARTICLE':
      return say('reason.ARTICLE', { article: reason.article, country: reason.country })
    case 'DESCRIPTION':
      return say('reason.DESCRIPTION', { words: reason.words.join(', ') })
    default:
      return say(`reason.${reason.kind}`, { text: reason.text, words: reason.words.join(', ') })
  }
}

const CROSSWALK = JOINING_TEXTS.declare('iccs crosswalk', {
  arguments: { decisions: TEXT },
  options: { ...CLASSIFICATION_OPTIONS, out: { ...FILE, isRequired: true }, language: LANG_OPTION },
})

/** Runs `istmo iccs crosswalk`. @returns the exit code. */
export function runCrosswalk(args: readonly string[], place: CommandPlace = TERMINAL): Promise<number> {
  return executeCommand(CROSSWALK, args, (line) => write(line, place), place.streams)
}

async function write(line: CommandLine<typeof CROSSWALK>, { streams, withDatabase }: CommandPlace): Promise<void> {
  const say = iccsWords(chooseLanguage(line.language, joiningEnvironment()))
  const known = new Set((await readClassification(line, withDatabase)).map(({ code }) => code))
  const options = { known, nowMs: Date.now() }
  const { decided, open } = await readDecisions(line.decisions, options)
  const exists = await stat(line.out).then(
    () => true,
    () => false,
  )
  const before = exists ? (await readCrosswalk(line.out, options)).decided : []
  const all = mergeDecisions(before, decided)
  await replaceFile(line.out, formatCrosswalk(all))
  const labels = new Set(all.map(({ label }) => label))
  const stillOpen = open.filter((label) => !labels.has(label)).length
  streams.err.write(`${say('written', { file: line.out, decided: all.length, open: stillOpen })}\n`)
}

/** Joins decisions. Of two about one label, the one of the later day counts; of the same day, the newer file's. */
export function mergeDecisions(
  before: readonly DecidedLabel[],
  newer: readonly DecidedLabel[],
): readonly DecidedLabel[] {
  const all = new Map(before.map((each) => [each.label, each]))
  for (const each of newer) {
    const held = all.get(each.label)
    if (held === undefined || held.decidedOn <= each.decidedOn) all.set(each.label, each)
  }
  return [...all.values()]
}

/** Returns the words of `istmo iccs` in a language. */
const iccsWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
