import { type Location, lineAt, type Module, proseOf } from '../../tools/structure/modules.ts'
import type { TextFile } from './citations.ts'

/**
 * Finds constructions that native readers of English had to read twice, in comments, messages and Markdown pages.
 *
 * The list is short and each pattern is narrow, so that it does not report good English. It does not look at quoted text: code in backticks, fenced
 * blocks and «quotations».
 */

/** One construction, with what to write in its place. */
export interface Construction {
  readonly name: string
  /** Global. A space in the source of the expression matches any white space. */
  readonly pattern: RegExp
  readonly better: string
}

/** A place where a construction is good English, or where the words belong to somebody else. */
export interface Exception {
  /** Path from the root. */
  readonly path: string
  /** The text there, which contains the construction. */
  readonly text: string
  readonly reason: string
}

/** A construction that was found. */
export interface PuzzlingPhrase {
  readonly at: Location
  /** The words as they are written, on one line. */
  readonly phrase: string
  readonly better: string
}

const BE = '(?:is|are|was|were|be|been)'

/** Words after «no» with which «is no …» is good English. */
const AFTER_IS_NO =
  'longer|more|less|use|fewer|larger|smaller|higher|lower|greater|shorter|earlier|later|older|newer|better|worse|different'

/** Words before «of which» with which it is good English, because they name a part of what was just named. */
const PARTS = 'all|any|both|each|either|few|half|many|most|neither|none|one|several|some|two|three|four|five|\\d+'

/** The constructions. Add one only if it was found to puzzle a reader, and if the same words are not good English elsewhere. */
export const CONSTRUCTIONS: readonly Construction[] = [
  {
    name: '«alone» after its noun',
    pattern: compile(
      String.raw`(?:\S+ )?(?<!\b(?:leave|leaves|leaving|left|let|lets)(?: [^\s.,;:]+){0,3} )(?<!\b(?:be|is|are|was|were|not|run|runs|stand|stands|work|works) )alone\b`,
    ),
    better: 'only X, with «only» before what it limits; or: by itself',
  },
  {
    name: '«is no …»',
    pattern: compile(
      String.raw`(?<!\bthere )(?<!\bthere (?:can|could|may|might|must|should|will|would|has|have) )\b${BE} no (?!(?:${AFTER_IS_NO})\b)[\w’-]*`,
    ),
    better: 'is not a X, does not have a X',
  },
  {
    name: '«of which»',
    pattern: compile(String.raw`(?<!\b(?:${PARTS}|which [a-z]+,?) )\bof (?:which|whom) [a-z]*`),
    better: 'whose X, or two sentences',
  },
  { name: '«what all»', pattern: compile(String.raw`\bwhat all\b`), better: 'what each X, what every X' },
  {
    name: '«what becomes of»',
    pattern: compile(String.raw`\bwhat(?:ever)? (?:becomes|became|has become) of\b`),
    better: 'what happens to X, how to treat X',
  },
  {
    name: '«left out:»',
    pattern: compile(String.raw`(?<![\w’] )\bleft out[:;]`),
    better: 'if X is missing, without X',
  },
  {
    name: '«all the same»',
    pattern: compile(String.raw`(?<!\b${BE} )\ball the same\b(?! [a-z])`),
    better: 'nevertheless, anyway, still',
  },
  { name: '«in silence»', pattern: compile(String.raw`\bin silence\b`), better: 'silently, without a message' },
  {
    name: '«for» that means because',
    pattern: compile(
      String.raw`, for (?:it|they|there|we|he|she|nobody|nothing|no \w+) (?:is|are|was|were|has|have|had|can|cannot|could|may|might|must|will|would|does|do|did)\b`,
    ),
    better: 'because',
  },
  {
    name: '«hears» that means recognises',
    // A court hears cases, so the pattern wants a caller near the word.
    pattern: compile(
      [
        String.raw`\bhears? (?:(?:the|a|an|any|each|every|no|this) )?(?:callers?|nobody|anybody|somebody|it|them)\b`,
        String.raw`\bwhom (?:they|it|(?:the|a|each) (?:country|countries|node|gateway)) (?:do not |does not )?hears?\b`,
        String.raw`\b(?:callers?|nobody|nobody else|it|they) (?:is|are) (?:not )?heard\b`,
      ].join('|'),
    ),
    better: 'recognises (docs/glossary.md)',
  },
  {
    name: '«the record» that means the audit log',
    pattern: compile(
      [
        String.raw`\b(?:entry|entries|folder|settings?|disk|checkpoints?|witness|witnesses) (?:of|in) (?:the|its) record\b`,
        String.raw`\bthe record[’'](?:s) (?:checkpoints?|witness|witnesses|folder|signer|disk|quorum|tests)\b`,
        String.raw`\bthe record (?:can be written|cannot be written|goes on|fails|is written|has no quorum)\b`,
        String.raw`\b(?:beside|over) the record\b`,
        String.raw`\bown record of (?:legs|requests)\b`,
      ].join('|'),
    ),
    better: 'the audit log (docs/glossary.md)',
  },
]

/** Makes a pattern of a construction. A space in the source matches any white space, also the end of a line. */
export function compile(source: string): RegExp {
  return new RegExp(source.replaceAll(' ', String.raw`\s+`), 'gi')
}

/** Finds the constructions in the comments and strings of a module. */
export function findInModule(module: Module, exceptions: readonly Exception[] = []): readonly PuzzlingPhrase[] {
  return proseOf(module).flatMap(({ text, start }) => findPhrases(module, text, start, exceptions))
}

/** Finds constructions on a Markdown page. */
export function findInPage(
  page: TextFile,
  exceptions: readonly Exception[] = [],
  constructions: readonly Construction[] = CONSTRUCTIONS,
): readonly PuzzlingPhrase[] {
  return findPhrases(page, page.text.replace(/^(```|~~~).*?^\1/gms, blank), 0, exceptions, constructions)
}

/** Finds the constructions in a part of a file. `start` is the offset at which the part begins. */
function findPhrases(
  file: TextFile,
  part: string,
  start: number,
  exceptions: readonly Exception[],
  constructions: readonly Construction[] = CONSTRUCTIONS,
): readonly PuzzlingPhrase[] {
  const prose = blankExceptions(part.replace(/`[^`]*`|«[^»]*»/g, blank), file.path, exceptions)
  return constructions.flatMap(({ pattern, better }) =>
    [...prose.matchAll(pattern)].map(({ 0: found, index }) => ({
      at: lineAt(file, start + index),
      phrase: part.slice(index, index + found.length).replace(/\s+/g, ' '),
      better,
    })),
  )
}

/** Blanks the texts that the exceptions allow in a file. */
function blankExceptions(text: string, path: string, exceptions: readonly Exception[]): string {
  return exceptions
    .filter((exception) => exception.path === path)
    .reduce((rest, exception) => rest.replaceAll(exception.text, blank), text)
}

/** Replaces each character with one that no pattern matches, so that offsets and lines stay. */
function blank(text: string): string {
  return text.replace(/[^\n]/g, '·')
}
