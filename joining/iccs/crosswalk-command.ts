import { stat } from 'node:fs/promises'
import { executeCommand } from '../../service/command-line.ts'
import { type CommandLine, FILE } from '../../service/command-spec.ts'
import { TEXT } from '../../service/command-texts.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { replaceFile } from '../../service/replace-file.ts'
import { JOINING_TEXTS } from '../commands.ts'
import { type CommandPlace, TERMINAL } from '../decisions/own-database.ts'
import { joiningEnvironment } from '../environment.ts'
import { type DecidedLabel, formatCrosswalk, readCrosswalk, readDecisions } from './crosswalk.ts'
import { CLASSIFICATION_OPTIONS, readClassification } from './read-classification.ts'
import { iccsWords } from './words.ts'

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
