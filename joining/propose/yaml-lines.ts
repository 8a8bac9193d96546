/** Writes YAML with comments, as a person would. */
import { showText } from '../../service/show-text.ts'

/** A line of a proposal, or a block of lines below it. */
export interface Line {
  readonly text: string
  readonly comment?: string
  readonly below?: readonly Line[]
}

/** Words that YAML reads as something else than text. */
const RESERVED = /^(?:true|false|null|~|yes|no|on|off|y|n)$/i

/** Writes a text as a scalar or a key of YAML: in quotes only if it needs them. */
export function scalar(text: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_.-]*(?: [\p{L}\p{N}_.()/-]+)*$/u.test(text) && !RESERVED.test(text)
  return isPlain ? text : JSON.stringify(text)
}

/** Writes a map in one line: `{ column: estado, fold: true }`. */
export function flow(entries: readonly (readonly [string, string])[]): string {
  return `{ ${entries.map(([key, value]) => `${key}: ${value}`).join(', ')} }`
}

/** Joins lines to a text. */
export function writeLines(lines: readonly Line[], indent = ''): string {
  return lines
    .map(({ text, comment, below }) => {
      // A name of the source may be in it. On a line of its own, it would be a key of the mapping.
      const said = comment === undefined ? '' : showText(comment).replaceAll('\n', ' ')
      const remark = comment === undefined ? '' : text === '' ? `# ${said}` : ` # ${said}`
      const head = text === '' && comment === undefined ? '\n' : `${indent}${text}${remark}\n`
      return head + (below === undefined ? '' : writeLines(below, `${indent}  `))
    })
    .join('')
}
